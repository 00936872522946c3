"""What doze sends on connections beside replies."""


def is_event(message):
    """Whether nobody asked for it. The dashboard's own replies are called as an event is, but say what was done."""
    kind = str(message.get("type")) if isinstance(message, dict) else ""
    return kind in ("USER_ACTIVITY", "PRESENCE", "EVENTS_LOST") or kind.startswith("TIMER_") or (
        kind.endswith("_UPDATE") and "message" not in message["content"])
