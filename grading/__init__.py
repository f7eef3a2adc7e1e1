"""The instructor's side: right and wrong answers as code, and what is made of them."""
