"""An account and the changes that can be made to it, each complete when its method returns."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Final, Unpack

from agilekit.sandbox.clock import utc_now
from agilekit.sandbox.kanbantool.state import (
    RIGHTS,
    Board,
    CardType,
    Change,
    Comment,
    Folder,
    Right,
    Share,
    Stage,
    Subtask,
    Swimlane,
    Task,
    TaskFields,
    TimeTracker,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


class Account:
    """Users, folders, boards and time trackers by their ids; no two things share an id.

    ``user`` is whom the calls of ``token`` are made for, and who is said to have made a change if
    no other user is named. ``clock`` gives the time of every change, aware, and may be replaced.
    """

    def __init__(self) -> None:
        self.clock: Callable[[], datetime] = utc_now
        self.users: Final[dict[int, User]] = {}
        self.folders: Final[dict[int, Folder]] = {}
        self.boards: Final[dict[int, Board]] = {}
        self.time_trackers: Final[dict[int, TimeTracker]] = {}
        self.churn: Final[deque[int]] = deque()
        """Ids of tasks that another client archives and unarchives, see :meth:`shift`."""
        self._last_id = 11_600
        self.user: Final = self.add_user("API Access - Jane Smith", initials="API", is_admin=True)
        self.token: Final = self.user.token

    def add_user(
        self, name: str, *, initials: str, is_suspended: bool = False, is_admin: bool = False
    ) -> User:
        """Add a user with a token of their own, who sees no board until it is shared."""
        user = User(
            id=self._next_id(),
            name=name,
            initials=initials,
            token=f"B0A2D5{len(self.users) + 1:026X}",
            is_suspended=is_suspended,
            is_admin=is_admin,
        )
        self.users[user.id] = user
        return user

    def add_folder(self, name: str, *, description: str = "") -> Folder:
        folder = Folder(
            id=self._next_id(),
            name=name,
            description=description,
            position=len(self.folders) + 1,
            created_at=self.clock(),
        )
        self.folders[folder.id] = folder
        return folder

    def add_board(
        self,
        name: str,
        *,
        description: str = "",
        folder: Folder | None = None,
        owner: User | None = None,
        columns: Iterable[str] = ("To do", "In progress", "Done"),
        swimlanes: Iterable[str] = ("",),
    ) -> Board:
        """Add a board with card types "Feature" and "Bug", shared with its owner and ``user``.

        Its columns are inside a nameless root stage.
        """
        now, owner = self.clock(), owner or self.user
        board = Board(
            id=self._next_id(),
            name=name,
            description=description,
            folder_id=folder.id if folder else None,
            owner_id=owner.id,
            position=len(self.boards) + 1,
            created_at=now,
            last_activity_on=now.date(),
        )
        self.boards[board.id] = board
        for user in (self.user, owner):
            self.share(board, user)
        root = self.add_stage(board, None)
        for column in columns:
            self.add_stage(board, column, parent=root)
        for lane in swimlanes:
            self.add_swimlane(board, lane)
        self.add_card_type(board, "Feature", color_ref="yellow", is_default=True)
        self.add_card_type(board, "Bug", color_ref="red")
        return board

    def share(self, board: Board, user: User, rights: Collection[Right] = RIGHTS) -> Share:
        """Let a user see a board, and do with its tasks what ``rights`` says and no more."""
        share = Share(
            id=self._next_id(),
            user_id=user.id,
            rights=frozenset(rights),
            updated_at=self.clock(),
        )
        board.shares[user.id] = share
        return share

    def add_stage(
        self,
        board: Board,
        name: str | None,
        *,
        parent: Stage | None = None,
        limit: int | None = None,
        lane_width: int = 1,
    ) -> Stage:
        stage = Stage(
            id=self._next_id(),
            board_id=board.id,
            name=name,
            position=len(board.workflow_stages) + 1,
            parent_id=parent.id if parent else None,
            limit=limit,
            lane_width=lane_width,
        )
        board.workflow_stages[stage.id] = stage
        return stage

    def add_swimlane(self, board: Board, name: str, *, limit: int | None = None) -> Swimlane:
        lane = Swimlane(
            id=self._next_id(),
            board_id=board.id,
            name=name,
            position=len(board.swimlanes) + 1,
            limit=limit,
        )
        board.swimlanes[lane.id] = lane
        return lane

    def add_card_type(
        self, board: Board, name: str, *, color_ref: str, is_default: bool = False
    ) -> CardType:
        kind = CardType(
            id=self._next_id(),
            board_id=board.id,
            name=name,
            color_ref=color_ref,
            position=len(board.card_types) + 1,
            is_default=is_default,
        )
        board.card_types[kind.id] = kind
        return kind

    def add_task(
        self,
        board: Board,
        name: str,
        *,
        stage: Stage | None = None,
        swimlane: Swimlane | None = None,
        archived_at: datetime | None = None,
        by: User | None = None,
        **fields: Unpack[TaskFields],
    ) -> Task:
        """Add a task to the top swimlane and the leftmost column unless they are given.

        With ``archived_at`` it is archived at that time, by default from the last column.
        """
        by, now = by or self.user, self.clock()
        column = stage or board.columns()[-1 if archived_at else 0]
        lane = swimlane or board.rows()[0]
        fields.setdefault("card_type_id", board.default_card_type().id)
        task = Task(
            id=self._next_id(),
            board_id=board.id,
            name=name,
            swimlane_id=lane.id,
            workflow_stage_id=column.id,
            position=board.bottom(lane.id, column.id),
            owner_id=by.id,
            created_at=now,
            updated_at=now,
            **fields,
        )
        board.tasks[task.id] = task
        self.log(task, "created", f"{by.initials} added task {name} to the board", by=by)
        if archived_at:
            self.archive(task, at=archived_at, by=by)
        return task

    def archive(self, task: Task, *, at: datetime | None = None, by: User | None = None) -> None:
        """Archive a task, wherever it is."""
        by = by or self.user
        task.archived_at = at or self.clock()
        self.log(task, "archived", f"{by.initials} archived task {task.name}", at=at, by=by)

    def unarchive(self, task: Task, *, by: User | None = None) -> None:
        """Put a task back at the bottom of the cell that it was archived from."""
        by = by or self.user
        task.archived_at = None
        task.position = self.boards[task.board_id].bottom(task.swimlane_id, task.workflow_stage_id)
        self.log(task, "unarchived", f"{by.initials} unarchived task {task.name}", by=by)

    def shift(self) -> None:
        """Be the other client: archive or unarchive the next two tasks of ``churn``.

        If archived and other tasks alternate in it, one is archived and one unarchived.
        """
        for _ in range(min(2, len(self.churn))):
            identifier = self.churn[0]
            self.churn.rotate(-1)
            for board in self.boards.values():
                task = board.tasks.get(identifier)
                if task and task.archived_at is None:
                    self.archive(task)
                elif task:
                    self.unarchive(task)

    def add_subtask(
        self,
        task: Task,
        name: str,
        *,
        is_completed: bool = False,
        assigned_user_id: int | None = None,
        by: User | None = None,
    ) -> Subtask:
        """Add a subtask at the bottom of the list."""
        by, now = by or self.user, self.clock()
        subtask = Subtask(
            id=self._next_id(),
            task_id=task.id,
            name=name,
            position=len(task.subtasks) + 1,
            created_at=now,
            updated_at=now,
            is_completed=is_completed,
            assigned_user_id=assigned_user_id,
        )
        task.subtasks.append(subtask)
        self.log(task, "subtask_added", f"{by.initials} added subtask {name}", by=by)
        return subtask

    def add_comment(self, task: Task, content: str, *, by: User | None = None) -> Comment:
        by, now = by or self.user, self.clock()
        comment = Comment(
            id=self._next_id(), user_id=by.id, content=content, created_at=now, updated_at=now
        )
        task.comments.append(comment)
        description = f"{by.initials} has commented on task '{task.name}': {content}"
        self.log(task, "comment_added", description, by=by)
        return comment

    def add_time_tracker(
        self,
        task: Task,
        *,
        started_at: datetime | None = None,
        ended_at: datetime | None = None,
        listed: bool = True,
        by: User | None = None,
    ) -> TimeTracker:
        """Add a timer of a user, which runs until ``ended_at`` is set."""
        by, now = by or self.user, self.clock()
        tracker = TimeTracker(
            id=self._next_id(),
            user_id=by.id,
            board_id=task.board_id,
            task_id=task.id,
            started_at=started_at or now,
            ended_at=ended_at,
            created_at=now,
            updated_at=now,
            listed=listed,
        )
        self.time_trackers[tracker.id] = tracker
        task.time_trackers.append(tracker)
        self.log(task, "time_tracker_added", f"{by.initials} tracked time", by=by)
        return tracker

    def task_of(self, tracker: TimeTracker) -> Task | None:
        """The task of a timer, None if it was deleted."""
        return self.boards[tracker.board_id].tasks.get(tracker.task_id)

    def time_trackers_beside(self, tracker: TimeTracker) -> Iterable[TimeTracker]:
        """The timers among which those of the same user and task are, itself included."""
        task = self.task_of(tracker)
        return task.time_trackers if task else self.time_trackers.values()

    def log(
        self,
        task: Task,
        what: str,
        description: str,
        *,
        by: User,
        at: datetime | None = None,
    ) -> None:
        """Note a change to a task: the changelog, the versions and the times."""
        board, now = self.boards[task.board_id], at or self.clock()
        change = Change(
            id=self._next_id(),
            changed_object_type="Task",
            changed_object_id=task.id,
            user_id=by.id,
            swimlane_id=task.swimlane_id,
            # The samples of comments in Listing recent activity for board have no stage.
            workflow_stage_id=None if what.startswith("comment") else task.workflow_stage_id,
            what=what,
            description=description,
            created_at=now,
        )
        board.changelog.append(change)
        task.changelog.append(change)
        board.version += 1
        task.version += what != "created"
        task.updated_at = now
        board.last_activity_on = max(board.last_activity_on, now.date())

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id
