"""The front desk's day: who comes when, to whom, where; who has arrived. No clinical word."""
