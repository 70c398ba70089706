"""What people look at: figures and pages out of tables on disk, and the terminal's last table."""
