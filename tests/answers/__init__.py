"""Learners' answers to every exercise: right ones, and usual mistakes.

Each chapter's module lists ``RIGHT``, check -> answers in several styles, and
``WRONG``, check -> words of the diagnosis -> answer.
"""
