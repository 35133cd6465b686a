"""stub"""


class Checker:
    def __init__(self, *a):
        pass

    def report(self, log, reused):
        return {}
