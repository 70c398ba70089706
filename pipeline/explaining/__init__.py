"""Why a trained member predicts what it predicts: its stored fold models, asked about rows they were not fitted on."""
