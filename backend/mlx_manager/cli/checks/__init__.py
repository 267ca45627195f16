"""What ``mlx-manager doctor`` looks at: each check takes settings and returns findings.

Nothing here changes anything or raises for what it finds.
"""
