"""The drop alarm: ratings well below a client's own, with a stated share of false alarms."""

from rapport.science.alliance.drop_alarm.find import DropAlarms, find_drops
from rapport.science.alliance.drop_alarm.fit import fit_steady_model
from rapport.science.alliance.drop_alarm.model import SteadyModel, known_model
from rapport.science.alliance.drop_alarm.rule import AlarmRule, alarm_thresholds
from rapport.science.alliance.drop_alarm.sensitivity import Sensitivity, sensitivity
from rapport.science.alliance.drop_alarm.threshold import allowed_share

__all__ = [
    "AlarmRule",
    "DropAlarms",
    "Sensitivity",
    "SteadyModel",
    "alarm_thresholds",
    "allowed_share",
    "find_drops",
    "fit_steady_model",
    "known_model",
    "sensitivity",
]
