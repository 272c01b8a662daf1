"""Which item was made of which draft, though services change what they are sent.

============  =====================================================================================
`matcher`     what identifies the item of a draft, and which items may be its all the same
`marks`       the job's own id in a text field of each draft
`rewrites`    what a server makes of texts, learned from its answers
`similarity`  whether one text may have been made of another, however the server rewrites
`pairs`       the items of an answer and the drafts of its request
`assignment`  drafts and items with the same label, told apart by their other fields
============  =====================================================================================
"""
