"""What is kept: one SQLite file, its tables and the migrations that make them.

What enters: rows from the services. What leaves: rows. ``engine`` owns the connections, ``prepare``
brings the file to the newest revision before anything else opens it.
"""
