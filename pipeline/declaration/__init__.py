"""What ``competition.yaml`` may say: one light file for each section; pydantic is the heaviest thing imported."""
