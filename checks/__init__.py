"""The judge: which questions does a `shallow.py` answer rightly, and what is wrong?"""
