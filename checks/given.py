"""The questions that everybody has: those that were compiled into this folder."""

from checks.questions import given

ASSIGNMENT = given()
QUESTIONS = ASSIGNMENT.questions
CODED, BONUS = ASSIGNMENT.coded, ASSIGNMENT.bonus
