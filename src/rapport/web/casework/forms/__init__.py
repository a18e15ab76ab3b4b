"""What a therapist types to arrange a case. A form checks and translates; it decides nothing."""
