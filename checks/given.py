"""The questions that everybody has: those that were compiled into this folder."""

from checks.questions import load

ASSIGNMENT = load()
QUESTIONS = ASSIGNMENT.questions
CODED, BONUS = ASSIGNMENT.coded, ASSIGNMENT.bonus
