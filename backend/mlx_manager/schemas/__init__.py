"""What crosses ``/api``: request and response models where a table is not the answer.

What enters: JSON bodies. What leaves: validated values, and the shapes the dashboard's types are
generated from.
"""
