"""Learners' answers to every exercise: right ones, and usual mistakes.

Each chapter's module lists ``RIGHT``, check -> right answers in several styles, and
``WRONG``, triples of a check, a wrong answer and words of its diagnosis.
"""
