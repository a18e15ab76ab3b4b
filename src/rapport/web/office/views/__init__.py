"""The pages of the office, one module for each thing one comes for."""
