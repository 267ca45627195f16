"""The migrations, oldest first, in ``versions``; run by ``db.prepare``, never by hand."""
