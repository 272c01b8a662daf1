"""What became of drafts that were sent without a clear answer.

============  =====================================================================================
`settler`     when to look, how often and for how long, and what follows
`settlement`  what one look through the container tells of each lost draft: the table
`project`     what was moved out of the container is looked for in the whole project
`duplicates`  the look at the end of a job that has sent something twice
============  =====================================================================================
"""
