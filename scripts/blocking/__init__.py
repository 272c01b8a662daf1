"""Writes the blocking classes and functions from the asynchronous ones.

=============  ====================================================================================
`modules`      which module is made of which
`source`       a module as it is written: its classes, functions, docstrings and imports
`members`      a class, method or function, and what it becomes
`module_text`  a whole module, with the imports that it needs
=============  ====================================================================================

Signatures, docstrings and comments are taken as they are written, but for the words that differ.
``python -m scripts.blocking`` writes the files, and a test compares them.
"""
