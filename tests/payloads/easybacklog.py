"""The samples of easyBacklog's document, in the order of the document.

Each constant is named after the heading that its sample stands under; the same in XML ends in
`_XML`, with the tags and types that Rails writes, which the document's page has lost. What the
document shows in no sample says so.

Source: easyBacklog API documentation.
"""

from typing import Final

Sample = dict[str, object]


def _array(name: str, *elements: str) -> str:
    return f'<{name} type="array">{"".join(elements)}</{name}>'


# Errors. The document's own sample is the first; the XML and the list of errors are in none.
ERRORS: Final[Sample] = {"status": "error", "message": "Invalid authentication details"}
ERRORS_XML: Final = """
<response>
  <status>error</status>
  <message>Invalid authentication details</message>
</response>
""".strip()
VALIDATION_ERRORS: Final[Sample] = {
    "status": "error",
    "message": "Name can't be blank, Velocity is not a number",
    "errors": ["Name can't be blank", "Velocity is not a number"],
}
VALIDATION_ERRORS_XML: Final = """
<response>
  <errors type="array">
    <error>Name can't be blank</error>
    <error>Velocity is not a number</error>
  </errors>
  <status>error</status>
  <message>Name can't be blank, Velocity is not a number</message>
</response>
""".strip()

# The Account object; Retrieve an Account
ACCOUNT: Final[Sample] = {
    "created_at": "2012-05-21T21:33:51Z",
    "default_rate": None,
    "default_use_50_90": None,
    "default_velocity": None,
    "id": 33,
    "locale_id": 1,
    "name": "API Access Demo Account",
    "scoring_rule_id": None,
    "updated_at": "2012-05-21T21:33:51Z",
}
ACCOUNT_XML: Final = """
<account>
  <created-at type="datetime">2012-05-21T21:33:51Z</created-at>
  <default-rate type="integer" nil="true"></default-rate>
  <default-use-50-90 type="boolean" nil="true"></default-use-50-90>
  <default-velocity type="decimal" nil="true"></default-velocity>
  <id type="integer">33</id>
  <locale-id type="integer">1</locale-id>
  <name>API Access Demo Account</name>
  <scoring-rule-id type="integer" nil="true"></scoring-rule-id>
  <updated-at type="datetime">2012-05-21T21:33:51Z</updated-at>
</account>
""".strip()
# List the Accounts
ACCOUNTS: Final = [ACCOUNT]
ACCOUNTS_XML: Final = _array("accounts", ACCOUNT_XML)

# The Company object; List the Companies
COMPANY: Final[Sample] = {
    "account_id": 33,
    "created_at": "2012-05-25T17:11:20Z",
    "default_rate": 800,
    "default_use_50_90": False,
    "default_velocity": "3.0",
    "id": 13,
    "name": "Acme company",
    "updated_at": "2012-05-25T17:11:42Z",
}
COMPANY_XML: Final = """
<company>
  <account-id type="integer">33</account-id>
  <created-at type="datetime">2012-05-25T17:11:20Z</created-at>
  <default-rate type="integer">800</default-rate>
  <default-use-50-90 type="boolean">false</default-use-50-90>
  <default-velocity type="decimal">3.0</default-velocity>
  <id type="integer">13</id>
  <name>Acme company</name>
  <updated-at type="datetime">2012-05-25T17:11:42Z</updated-at>
</company>
""".strip()
COMPANIES: Final = [COMPANY]
COMPANIES_XML: Final = _array("companies", COMPANY_XML)
# Retrieve a Company
COMPANY_RETRIEVED: Final[Sample] = {**COMPANY, "updated_at": "2012-05-25T17:47:24Z"}
COMPANY_RETRIEVED_XML: Final = COMPANY_XML.replace("17:11:42", "17:47:24")
# Create a Company
COMPANY_CREATED: Final[Sample] = {
    "account_id": None,
    "created_at": "2012-05-25T18:02:18Z",
    "default_rate": None,
    "default_use_50_90": None,
    "default_velocity": "5.0",
    "id": 14,
    "name": "New company name",
    "updated_at": "2012-05-25T18:02:18Z",
}
COMPANY_CREATED_XML: Final = """
<company>
  <account-id type="integer" nil="true"></account-id>
  <created-at type="datetime">2012-05-25T18:02:18Z</created-at>
  <default-rate type="integer" nil="true"></default-rate>
  <default-use-50-90 type="boolean" nil="true"></default-use-50-90>
  <default-velocity type="decimal">5.0</default-velocity>
  <id type="integer">14</id>
  <name>New company name</name>
  <updated-at type="datetime">2012-05-25T18:02:18Z</updated-at>
</company>
""".strip()

# The Backlog object; Retrieve a Backlog
BACKLOG: Final[Sample] = {
    "account_id": 33,
    "archived": False,
    "author_id": 1,
    "company_id": None,
    "created_at": "2011-01-03T15:03:00Z",
    "id": 357,
    "last_modified_user_id": 1,
    "name": "Example corporate website backlog",
    "rate": 800,
    "scoring_rule_id": None,
    "updated_at": "2011-02-17T15:03:00Z",
    "use_50_90": False,
    "velocity": "3.0",
}
BACKLOG_XML: Final = """
<backlog>
  <account-id type="integer">33</account-id>
  <archived type="boolean">false</archived>
  <author-id type="integer">1</author-id>
  <company-id type="integer" nil="true"></company-id>
  <created-at type="datetime">2011-01-03T15:03:00Z</created-at>
  <id type="integer">357</id>
  <last-modified-user-id type="integer">1</last-modified-user-id>
  <name>Example corporate website backlog</name>
  <rate type="integer">800</rate>
  <scoring-rule-id type="integer" nil="true"></scoring-rule-id>
  <updated-at type="datetime">2011-02-17T15:03:00Z</updated-at>
  <use-50-90 type="boolean">false</use-50-90>
  <velocity type="decimal">3.0</velocity>
</backlog>
""".strip()
# List the Backlogs
BACKLOGS: Final = [BACKLOG]
BACKLOGS_XML: Final = _array("backlogs", BACKLOG_XML)
# Retrieve a Backlog, with include_associated_data; no sample
BACKLOG_TREE: Final[Sample] = {
    "account_id": 33,
    "id": 357,
    "name": "Example corporate website backlog",
    "rate": 800,
    "velocity": "3.0",
    "points": 3.0,
    "days": "1.0",
    "themes": [
        {
            "code": "HOP",
            "id": 1131,
            "name": "Home page",
            "position": 1,
            "stories": [
                {
                    "as_a": "user",
                    "color": "",
                    "id": 3158,
                    "position": 1,
                    "unique_id": 5,
                    "score": "3.0",
                    "acceptance_criteria": [
                        {"criterion": "It is fast", "id": 7658, "position": 1},
                        {"criterion": "It is small", "id": 7659, "position": 2},
                    ],
                },
                {"as_a": "buyer", "id": 3159, "position": 2, "acceptance_criteria": []},
            ],
        },
        {"code": "NET", "id": 1170, "name": "New theme", "position": 2, "stories": []},
    ],
    "sprints": [
        {
            "duration_days": 5,
            "explicit_velocity": None,
            "id": 224,
            "iteration": 1,
            "number_team_members": "1.0",
            "start_on": "2011-01-17",
            "completed?": True,
            "deletable?": False,
            "total_completed_points": 11.0,
            "sprint_stories": [
                {"id": 525, "position": 1, "sprint_story_status_id": 4, "story_id": 3158}
            ],
        }
    ],
}
BACKLOG_TREE_XML: Final = """
<?xml version="1.0" encoding="UTF-8"?>
<backlog>
  <backlog account_id="33" id="357" name="Example corporate website backlog" rate="800"
      velocity="3.0" points="3.0" days="1.0">
    <themes>
      <theme code="HOP" id="1131" name="Home page" position="1">
        <stories>
          <story as_a="user" color="" id="3158" position="1" unique_id="5" score="3.0">
            <criteria>
              <criterion id="7658" position="1" criterion="It is fast"/>
              <criterion id="7659" position="2" criterion="It is small"/>
            </criteria>
          </story>
          <story as_a="buyer" id="3159" position="2" score="">
            <criteria/>
          </story>
        </stories>
      </theme>
      <theme code="NET" id="1170" name="New theme" position="2">
        <stories>
        </stories>
      </theme>
    </themes>
  </backlog>
  <snapshots>
    <snapshot id="358" name="New finance section" created_at="2011-01-18 19:03:49 UTC" rate="800">
      <themes/>
    </snapshot>
  </snapshots>
  <sprints>
    <sprint duration_days="5" explicit_velocity="" id="224" iteration="1"
        number_team_members="1.0" start_on="2011-01-17" completed="true"
        total_completed_points="11.0">
      <sprint_stories>
        <sprint_story id="525" position="1" sprint_story_status_id="4" story_id="3158"/>
      </sprint_stories>
    </sprint>
  </sprints>
</backlog>
""".strip()
# The same as one element, with children in place of attributes; no sample
BACKLOG_TREE_NESTED_XML: Final = """
<backlog>
  <account_id>33</account_id>
  <id>357</id>
  <name>Example corporate website backlog</name>
  <rate>800</rate>
  <velocity>3.0</velocity>
  <themes>
    <theme>
      <code>HOP</code><id>1131</id><name>Home page</name><position>1</position>
      <stories>
        <story>
          <as_a>user</as_a><color/><id>3158</id><position>1</position><unique_id>5</unique_id>
          <score>3.0</score>
          <acceptance_criteria>
            <acceptance_criterion>
              <criterion>It is fast</criterion><id>7658</id><position>1</position>
            </acceptance_criterion>
            <acceptance_criterion>
              <criterion>It is small</criterion><id>7659</id><position>2</position>
            </acceptance_criterion>
          </acceptance_criteria>
        </story>
        <story>
          <as_a>buyer</as_a><id>3159</id><position>2</position><acceptance_criteria/>
        </story>
      </stories>
    </theme>
    <theme>
      <code>NET</code><id>1170</id><name>New theme</name><position>2</position><stories/>
    </theme>
  </themes>
  <sprints>
    <sprint>
      <duration_days>5</duration_days><explicit_velocity/><id>224</id><iteration>1</iteration>
      <number_team_members>1.0</number_team_members><start_on>2011-01-17</start_on>
      <completed_at>2011-01-24T19:05:19Z</completed_at>
      <total_completed_points>11.0</total_completed_points>
      <sprint_stories>
        <sprint_story>
          <id>525</id><position>1</position><sprint_story_status_id>4</sprint_story_status_id>
          <story_id>3158</story_id>
        </sprint_story>
      </sprint_stories>
    </sprint>
  </sprints>
</backlog>
""".strip()
# Retrieve backlog statistics
_POINT: Final[Sample] = {
    "starts_on": "2011-01-17",
    "completed_on": "2011-01-17",
    "points": 90.0,
    "iteration": 0,
    "duration": 5,
    "completed": 0,
    "team": "1.0",
    "actual": 0.0,
}
STATISTICS: Final[Sample] = {
    "burn_down": {
        "trend": [_POINT],
        "actual": [_POINT],
        "projected": [
            {
                "starts_on": "2011-02-07",
                "completed_on": "2011-02-11",
                "points": 27.0,
                "iteration": 4,
                "duration": 5,
                "completed": 21.0,
                "team": "1.0",
                "actual": 4.2,
            }
        ],
    },
    "velocity_stats": {
        "expected_sprint": "15.0",
        "actual_sprint": 15.75,
        "actual_day": 3.1500000000000004,
        "expected_day": "3.0",
    },
    "velocity_completed": [
        {
            "starts_on": "2011-01-17",
            "completed_on": "2011-01-21",
            "iteration": 1,
            "duration": 5,
            "completed": 11.0,
            "team": "1.0",
            "actual": 2.2,
        }
    ],
    "burn_up": {
        "total": [
            {
                "starts_on": "2011-01-17",
                "completed_on": "2011-01-21",
                "iteration": 1,
                "duration": 5,
                "completed": 11.0,
                "total_points": 71.0,
                "team": "1.0",
                "actual": 2.2,
            }
        ],
        "actual": [
            {
                "starts_on": "2011-01-17",
                "completed_on": "2011-01-21",
                "iteration": 1,
                "duration": 5,
                "completed": 11.0,
                "total_points": 0,
                "team": "1.0",
                "actual": 2.2,
            }
        ],
    },
}
_POINT_IN_XML: Final = """
<starts-on type="date">2011-01-17</starts-on>
<completed-on type="date">2011-01-17</completed-on>
<points type="float">90.0</points>
<iteration type="integer">0</iteration>
<duration type="integer">5</duration>
<completed type="integer">0</completed>
<team type="decimal">1.0</team>
<actual type="float">0.0</actual>
"""
_SPRINT_IN_XML: Final = """
<starts-on type="date">2011-01-17</starts-on>
<completed-on type="date">2011-01-21</completed-on>
<iteration type="integer">1</iteration>
<duration type="integer">5</duration>
<completed type="decimal">11.0</completed>
<team type="decimal">1.0</team>
<actual type="float">2.2</actual>
"""
STATISTICS_XML: Final = f"""
<?xml version="1.0" encoding="UTF-8"?>
<statistics>
  <burn-down>
    <trend type="array"><trend>{_POINT_IN_XML}</trend></trend>
    <actual type="array"><actual>{_POINT_IN_XML}</actual></actual>
    <projected type="array">
      <projected>
        <starts-on type="date">2011-02-07</starts-on>
        <completed-on type="date">2011-02-11</completed-on>
        <points type="float">27.0</points>
        <iteration type="integer">4</iteration>
        <duration type="integer">5</duration>
        <completed type="float">21.0</completed>
        <team type="decimal">1.0</team>
        <actual type="float">4.2</actual>
      </projected>
    </projected>
  </burn-down>
  <velocity-stats>
    <expected-sprint type="decimal">15.0</expected-sprint>
    <actual-sprint type="float">15.75</actual-sprint>
    <actual-day type="float">3.1500000000000004</actual-day>
    <expected-day type="decimal">3.0</expected-day>
  </velocity-stats>
  <velocity-completed type="array">
    <velocity-completed>{_SPRINT_IN_XML}</velocity-completed>
  </velocity-completed>
  <burn-up>
    <total type="array">
      <total>{_SPRINT_IN_XML}<total-points type="decimal">71.0</total-points></total>
    </total>
    <actual type="array">
      <actual>{_SPRINT_IN_XML}<total-points type="integer">0</total-points></actual>
    </actual>
  </burn-up>
</statistics>
""".strip()
# Create a Backlog
BACKLOG_CREATED: Final[Sample] = {
    "account_id": 33,
    "archived": False,
    "author_id": 1,
    "company_id": None,
    "created_at": "2012-05-23T12:16:25Z",
    "id": 364,
    "last_modified_user_id": 1,
    "name": "New backlog name",
    "rate": 800,
    "scoring_rule_id": None,
    "updated_at": "2012-05-23T12:16:25Z",
    "use_50_90": None,
    "velocity": "3.5",
}
BACKLOG_CREATED_XML: Final = """
<backlog>
  <account-id type="integer">33</account-id>
  <archived type="boolean">false</archived>
  <author-id type="integer">1</author-id>
  <company-id type="integer" nil="true"></company-id>
  <created-at type="datetime">2012-05-23T12:16:25Z</created-at>
  <id type="integer">364</id>
  <last-modified-user-id type="integer">1</last-modified-user-id>
  <name>New backlog name</name>
  <rate type="integer">800</rate>
  <scoring-rule-id type="integer" nil="true"></scoring-rule-id>
  <updated-at type="datetime">2012-05-23T12:16:25Z</updated-at>
  <use-50-90 type="boolean" nil="true"></use-50-90>
  <velocity type="decimal">3.5</velocity>
</backlog>
""".strip()
# Duplicate a Backlog
BACKLOG_DUPLICATED: Final[Sample] = {
    "account_id": 33,
    "archived": False,
    "author_id": 1,
    "company_id": None,
    "created_at": "2012-05-24T13:13:18Z",
    "id": 366,
    "last_modified_user_id": 1,
    "name": "New duplicated backlog name",
    "rate": 800,
    "scoring_rule_id": 7,
    "updated_at": "2012-05-24T13:13:18Z",
    "use_50_90": False,
    "velocity": "3.0",
}
BACKLOG_DUPLICATED_XML: Final = """
<backlog>
  <account-id type="integer">33</account-id>
  <archived type="boolean">false</archived>
  <author-id type="integer">1</author-id>
  <company-id type="integer" nil="true"></company-id>
  <created-at type="datetime">2012-05-24T13:13:18Z</created-at>
  <id type="integer">366</id>
  <last-modified-user-id type="integer">1</last-modified-user-id>
  <name>New duplicated backlog name</name>
  <rate type="integer">800</rate>
  <scoring-rule-id type="integer">7</scoring-rule-id>
  <updated-at type="datetime">2012-05-24T13:13:18Z</updated-at>
  <use-50-90 type="boolean">false</use-50-90>
  <velocity type="decimal">3.0</velocity>
</backlog>
""".strip()

# The Snapshot object; Retrieve a Snapshot
SNAPSHOT: Final[Sample] = {
    "created_at": "2011-01-18T19:03:49Z",
    "id": 358,
    "name": "New finance section added and agreed with client",
    "rate": 800,
    "scoring_rule_id": None,
    "use_50_90": False,
    "velocity": "3.0",
    "parent_backlog_id": 357,
}
SNAPSHOT_XML: Final = """
<backlog>
  <created-at type="datetime">2011-01-18T19:03:49Z</created-at>
  <id type="integer">358</id>
  <name>New finance section added and agreed with client</name>
  <rate type="integer">800</rate>
  <scoring-rule-id nil="true"></scoring-rule-id>
  <use-50-90 type="boolean">false</use-50-90>
  <velocity type="decimal">3.0</velocity>
  <parent-backlog-id type="integer">357</parent-backlog-id>
</backlog>
""".strip()
# List the Snapshots
SNAPSHOTS: Final[Sample] = {
    "manual_snapshots": [SNAPSHOT],
    "sprint_snapshots": [
        {
            "created_at": "2011-02-07T02:00:00Z",
            "id": 363,
            "name": "Sprint 4",
            "rate": 800,
            "scoring_rule_id": None,
            "use_50_90": False,
            "velocity": "3.0",
            "parent_sprint_id": 227,
        }
    ],
}
_SPRINT_SNAPSHOT_XML: Final = """
<sprint-snapshot>
  <created-at type="datetime">2011-02-07T02:00:00Z</created-at>
  <id type="integer">363</id>
  <name>Sprint 4</name>
  <rate type="integer">800</rate>
  <scoring-rule-id nil="true"></scoring-rule-id>
  <use-50-90 type="boolean">false</use-50-90>
  <velocity type="decimal">3.0</velocity>
  <parent-sprint-id type="integer">227</parent-sprint-id>
</sprint-snapshot>
""".strip()
SNAPSHOTS_XML: Final = f"""
<hash>
  {_array("manual-snapshots", SNAPSHOT_XML)}
  {_array("sprint-snapshots", _SPRINT_SNAPSHOT_XML)}
</hash>
""".strip()
# Create a Snapshot
SNAPSHOT_CREATED: Final[Sample] = {
    "created_at": "2012-05-24T12:44:39Z",
    "id": 365,
    "name": "New snapshot name",
    "rate": 800,
    "scoring_rule_id": 7,
    "use_50_90": False,
    "velocity": "3.0",
    "parent_backlog_id": 357,
}
SNAPSHOT_CREATED_XML: Final = """
<hash>
  <created-at type="datetime">2012-05-24T12:44:39Z</created-at>
  <id type="integer">365</id>
  <name>New snapshot name</name>
  <rate type="integer">800</rate>
  <scoring-rule-id type="integer">7</scoring-rule-id>
  <use-50-90 type="boolean">false</use-50-90>
  <velocity type="decimal">3.0</velocity>
  <parent-backlog-id type="integer">357</parent-backlog-id>
</hash>
""".strip()

# The Theme object; List the Themes
THEME: Final[Sample] = {
    "backlog_id": 366,
    "code": "HOP",
    "created_at": "2012-05-24T13:13:18Z",
    "id": 1164,
    "name": "Home page",
    "position": 1,
    "updated_at": "2012-05-25T17:11:20Z",
}
THEME_XML: Final = """
<theme>
  <backlog-id type="integer">366</backlog-id>
  <code>HOP</code>
  <created-at type="datetime">2012-05-24T13:13:18Z</created-at>
  <id type="integer">1164</id>
  <name>Home page</name>
  <position type="integer">1</position>
  <updated-at type="datetime">2012-05-25T17:11:20Z</updated-at>
</theme>
""".strip()
THEMES: Final = [THEME]
THEMES_XML: Final = _array("themes", THEME_XML)
# Retrieve a Theme
THEME_RETRIEVED: Final[Sample] = {
    "backlog_id": 357,
    "code": "HOP",
    "created_at": "2011-01-03T15:03:00Z",
    "id": 1131,
    "name": "Home page",
    "position": 1,
    "updated_at": "2012-05-23T17:42:10Z",
}
THEME_RETRIEVED_XML: Final = """
<theme>
  <backlog-id type="integer">357</backlog-id>
  <code>HOP</code>
  <created-at type="datetime">2011-01-03T15:03:00Z</created-at>
  <id type="integer">1131</id>
  <name>Home page</name>
  <position type="integer">1</position>
  <updated-at type="datetime">2012-05-23T17:42:10Z</updated-at>
</theme>
""".strip()
# Create a Theme
THEME_CREATED: Final[Sample] = {
    "backlog_id": 357,
    "code": "NET",
    "created_at": "2012-05-28T15:20:41Z",
    "id": 1170,
    "name": "New theme",
    "position": 6,
    "updated_at": "2012-05-28T15:20:41Z",
}
THEME_CREATED_XML: Final = """
<theme>
  <backlog-id type="integer">357</backlog-id>
  <code>NET</code>
  <created-at type="datetime">2012-05-28T15:20:41Z</created-at>
  <id type="integer">1170</id>
  <name>New theme</name>
  <position type="integer">6</position>
  <updated-at type="datetime">2012-05-28T15:20:41Z</updated-at>
</theme>
""".strip()

# The Sprint object; Retrieve a Sprint
SPRINT: Final[Sample] = {
    "backlog_id": 357,
    "completed_at": "2011-01-24T19:05:19Z",
    "created_at": "2011-01-03T15:03:00Z",
    "duration_days": 5,
    "explicit_velocity": None,
    "id": 224,
    "iteration": 1,
    "number_team_members": "1.0",
    "start_on": "2011-01-17",
    "updated_at": "2012-05-23T17:42:10Z",
    "completed?": True,
    "deletable?": False,
    "total_allocated_points": 11.0,
    "total_expected_points": "15.0",
    "total_completed_points": 11.0,
}
SPRINT_INSIDE_XML: Final = """
  <backlog-id type="integer">357</backlog-id>
  <completed-at type="datetime">2011-01-24T19:05:19Z</completed-at>
  <created-at type="datetime">2011-01-03T15:03:00Z</created-at>
  <duration-days type="integer">5</duration-days>
  <explicit-velocity nil="true"></explicit-velocity>
  <id type="integer">224</id>
  <iteration type="integer">1</iteration>
  <number-team-members type="decimal">1.0</number-team-members>
  <start-on type="date">2011-01-17</start-on>
  <updated-at type="datetime">2012-05-23T17:42:10Z</updated-at>
  <total-allocated-points type="float">11.0</total-allocated-points>
  <total-expected-points type="decimal">15.0</total-expected-points>
  <total-completed-points type="float">11.0</total-completed-points>
"""
SPRINT_XML: Final = f"<hash>{SPRINT_INSIDE_XML}</hash>"
# List the Sprints
SPRINTS: Final = [SPRINT]
SPRINTS_XML: Final = _array("sprints", f"<sprint>{SPRINT_INSIDE_XML}</sprint>")
# Create a Sprint
SPRINT_CREATED: Final[Sample] = {
    "backlog_id": 357,
    "completed_at": None,
    "created_at": "2012-05-29T16:08:42Z",
    "duration_days": 5,
    "explicit_velocity": "30.0",
    "id": 230,
    "iteration": 6,
    "number_team_members": None,
    "start_on": "2012-01-02",
    "updated_at": "2012-05-29T16:08:42Z",
    "completed?": False,
    "deletable?": True,
    "total_allocated_points": 0.0,
    "total_expected_points": "30.0",
    "total_completed_points": 0.0,
}
SPRINT_CREATED_XML: Final = """
<hash>
  <backlog-id type="integer">357</backlog-id>
  <completed-at nil="true"></completed-at>
  <created-at type="datetime">2012-05-29T16:08:42Z</created-at>
  <duration-days type="integer">5</duration-days>
  <explicit-velocity type="decimal">30.0</explicit-velocity>
  <id type="integer">230</id>
  <iteration type="integer">6</iteration>
  <number-team-members nil="true"></number-team-members>
  <start-on type="date">2012-01-02</start-on>
  <updated-at type="datetime">2012-05-29T16:08:42Z</updated-at>
  <total-allocated-points type="float">0.0</total-allocated-points>
  <total-expected-points type="decimal">30.0</total-expected-points>
  <total-completed-points type="float">0.0</total-completed-points>
</hash>
""".strip()

# The Story object; Retrieve a Story; Retrieve a Story Shortcut
STORY: Final[Sample] = {
    "as_a": "user",
    "color": "",
    "comments": "Assumed use of JQuery Lightbox",
    "created_at": "2011-01-03T15:03:00Z",
    "i_want_to": "view a set of simple screen shots",
    "id": 3158,
    "position": 1,
    "so_i_can": "understand how the products work",
    "theme_id": 1131,
    "unique_id": 5,
    "updated_at": "2012-05-23T17:42:10Z",
    "score": "3.0",
}
STORY_INSIDE_XML: Final = """
  <as-a>user</as-a>
  <color></color>
  <comments>Assumed use of JQuery Lightbox</comments>
  <created-at type="datetime">2011-01-03T15:03:00Z</created-at>
  <i-want-to>view a set of simple screen shots</i-want-to>
  <id type="integer">3158</id>
  <position type="integer">1</position>
  <so-i-can>understand how the products work</so-i-can>
  <theme-id type="integer">1131</theme-id>
  <unique-id type="integer">5</unique-id>
  <updated-at type="datetime">2012-05-23T17:42:10Z</updated-at>
  <score type="decimal">3.0</score>
"""
STORY_XML: Final = f"<hash>{STORY_INSIDE_XML}</hash>"
# List the Stories
STORIES: Final = [STORY]
STORIES_XML: Final = _array("stories", f"<story>{STORY_INSIDE_XML}</story>")
# Create a Story
STORY_CREATED: Final[Sample] = {
    "as_a": "user",
    "color": "ff0000",
    "comments": "tbc",
    "created_at": "2012-05-29T16:52:09Z",
    "i_want_to": None,
    "id": 3267,
    "position": 5,
    "so_i_can": None,
    "theme_id": 1131,
    "unique_id": 6,
    "updated_at": "2012-05-29T16:52:09Z",
    "score": None,
}
STORY_CREATED_XML: Final = """
<hash>
  <as-a>user</as-a>
  <color>ff0000</color>
  <comments>tbc</comments>
  <created-at type="datetime">2012-05-29T16:52:09Z</created-at>
  <i-want-to nil="true"></i-want-to>
  <id type="integer">3267</id>
  <position type="integer">5</position>
  <so-i-can nil="true"></so-i-can>
  <theme-id type="integer">1131</theme-id>
  <unique-id type="integer">6</unique-id>
  <updated-at type="datetime">2012-05-29T16:52:09Z</updated-at>
  <score nil="true"></score>
</hash>
""".strip()

# The Acceptance Criterion object; Retrieve an Acceptance Criterion
CRITERION: Final[Sample] = {
    "criterion": "Support for tracking code in the format ?campaign=[code]",
    "id": 7658,
    "position": 1,
    "story_id": 3159,
}
CRITERION_XML: Final = """
<acceptance-criterion>
  <criterion>Support for tracking code in the format ?campaign=[code]</criterion>
  <id type="integer">7658</id>
  <position type="integer">1</position>
  <story-id type="integer">3159</story-id>
</acceptance-criterion>
""".strip()
# List the Acceptance Criteria
CRITERIA: Final = [CRITERION]
CRITERIA_XML: Final = _array("acceptance-criteria", CRITERION_XML)
# Create an Acceptance Criterion
CRITERION_CREATED: Final[Sample] = {
    "criterion": "Must validation user details",
    "id": 7941,
    "position": 1,
    "story_id": 3267,
}
CRITERION_CREATED_XML: Final = """
<acceptance-criterion>
  <criterion>Must validation user details</criterion>
  <id type="integer">7941</id>
  <position type="integer">1</position>
  <story-id type="integer">3267</story-id>
</acceptance-criterion>
""".strip()

# The Sprint Story object; Retrieve a Sprint Story
SPRINT_STORY: Final[Sample] = {
    "created_at": "2011-01-03T15:03:00Z",
    "id": 525,
    "position": 1,
    "sprint_id": 224,
    "sprint_story_status_id": 4,
    "story_id": 3159,
    "updated_at": "2012-05-23T17:42:10Z",
}
SPRINT_STORY_XML: Final = """
<sprint-story>
  <created-at type="datetime">2011-01-03T15:03:00Z</created-at>
  <id type="integer">525</id>
  <position type="integer">1</position>
  <sprint-id type="integer">224</sprint-id>
  <sprint-story-status-id type="integer">4</sprint-story-status-id>
  <story-id type="integer">3159</story-id>
  <updated-at type="datetime">2012-05-23T17:42:10Z</updated-at>
</sprint-story>
""".strip()
# List the Sprint Stories
SPRINT_STORIES: Final = [SPRINT_STORY]
SPRINT_STORIES_XML: Final = _array("sprint-stories", SPRINT_STORY_XML)
# Create a Sprint Story (assign a story to a sprint)
SPRINT_STORY_CREATED: Final[Sample] = {
    "created_at": "2012-05-29T17:43:23Z",
    "id": 538,
    "position": 3,
    "sprint_id": 228,
    "sprint_story_status_id": 1,
    "story_id": 3267,
    "updated_at": "2012-05-29T17:43:23Z",
}
SPRINT_STORY_CREATED_XML: Final = """
<sprint-story>
  <created-at type="datetime">2012-05-29T17:43:23Z</created-at>
  <id type="integer">538</id>
  <position type="integer">3</position>
  <sprint-id type="integer">228</sprint-id>
  <sprint-story-status-id type="integer">1</sprint-story-status-id>
  <story-id type="integer">3267</story-id>
  <updated-at type="datetime">2012-05-29T17:43:23Z</updated-at>
</sprint-story>
""".strip()

# List the Themes, the Sprints and the Stories with include_associated_data; no samples
THEME_WITH_STORIES: Final[Sample] = {**THEME, "stories": [{**STORY, "acceptance_criteria": []}]}
THEMES_WITH_STORIES: Final = [THEME_WITH_STORIES]
THEME_WITH_STORIES_XML: Final = THEME_XML.replace(
    "</theme>",
    f"""<stories type="array">
      <story>{STORY_INSIDE_XML}<acceptance-criteria type="array"/></story>
    </stories></theme>""",
)
THEMES_WITH_STORIES_XML: Final = _array("themes", THEME_WITH_STORIES_XML)
SPRINT_WITH_STORIES: Final[Sample] = {**SPRINT, "sprint_stories": SPRINT_STORIES}
SPRINT_WITH_STORIES_XML: Final = f"<hash>{SPRINT_INSIDE_XML}{SPRINT_STORIES_XML}</hash>"
SPRINTS_WITH_STORIES: Final = [SPRINT_WITH_STORIES]
SPRINTS_WITH_STORIES_XML: Final = _array(
    "sprints", f"<sprint>{SPRINT_INSIDE_XML}{SPRINT_STORIES_XML}</sprint>"
)
STORY_WITH_CRITERIA: Final[Sample] = {**STORY, "acceptance_criteria": CRITERIA}
STORY_WITH_CRITERIA_XML: Final = f"<hash>{STORY_INSIDE_XML}{CRITERIA_XML}</hash>"
STORIES_WITH_CRITERIA: Final = [
    {
        name: value
        for name, value in STORY_WITH_CRITERIA.items()
        if name not in ("created_at", "updated_at")
    }
]
STORIES_WITH_CRITERIA_XML: Final = _array(
    "stories",
    f"""<story>
      <as-a>user</as-a>
      <color></color>
      <comments>Assumed use of JQuery Lightbox</comments>
      <i-want-to>view a set of simple screen shots</i-want-to>
      <id type="integer">3158</id>
      <position type="integer">1</position>
      <so-i-can>understand how the products work</so-i-can>
      <theme-id type="integer">1131</theme-id>
      <unique-id type="integer">5</unique-id>
      <score type="decimal">3.0</score>
      {CRITERIA_XML}
    </story>""",
)

# The Locale object; List the Locales; Retrieve a Locale
LOCALE: Final[Sample] = {
    "code": "en-US",
    "created_at": "2011-02-18T02:53:12Z",
    "id": 1,
    "name": "American English ($)",
    "position": 10,
    "updated_at": "2012-01-11T22:57:26Z",
}
LOCALE_XML: Final = """
<locale>
  <code>en-US</code>
  <created-at type="datetime">2011-02-18T02:53:12Z</created-at>
  <id type="integer">1</id>
  <name>American English ($)</name>
  <position type="integer">10</position>
  <updated-at type="datetime">2012-01-11T22:57:26Z</updated-at>
</locale>
""".strip()
LOCALES: Final = [LOCALE]
LOCALES_XML: Final = _array("locales", LOCALE_XML)

# The Scoring Rule object; List the Scoring Rules; Retrieve a Scoring Rule
SCORING_RULE: Final[Sample] = {
    "code": "M",
    "description": "0, 0.5, 1, 2, 3, 5, 8, 13, 20, 21, 40, 60, 100",
    "id": 7,
    "position": 1,
    "title": "Modified Fibonacci",
}
SCORING_RULE_XML: Final = """
<scoring-rule>
  <code>M</code>
  <description>0, 0.5, 1, 2, 3, 5, 8, 13, 20, 21, 40, 60, 100</description>
  <id type="integer">7</id>
  <position type="integer">1</position>
  <title>Modified Fibonacci</title>
</scoring-rule>
""".strip()
SCORING_RULES: Final = [SCORING_RULE]
SCORING_RULES_XML: Final = _array("scoring-rules", SCORING_RULE_XML)

# The Sprint Story Status object; List the Sprint Story Statuses; Retrieve a Sprint Story Status
STATUS: Final[Sample] = {"code": "T", "id": 1, "position": 1, "status": "To do"}
STATUS_XML: Final = """
<sprint-story-status>
  <code>T</code>
  <id type="integer">1</id>
  <position type="integer">1</position>
  <status>To do</status>
</sprint-story-status>
""".strip()
STATUSES: Final = [STATUS]
STATUSES_XML: Final = _array("sprint-story-statuses", STATUS_XML)
