"""The words that the demo export is made of: names, places, streets, sources. Shared with nobody."""

from __future__ import annotations

from pathlib import Path

SOURCE = Path(__file__).parent / "demo_source"


def listed(name: str) -> list[str]:
    """Return the lines of a word list."""
    lines = (SOURCE / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


# (given name, what friends call her or him or "", F or M)
FIRST = [tuple(line.split("/")) for line in listed("first_names.txt")]
LAST = listed("last_names.txt")
STREETS = listed("streets.txt")
STREET_KINDS = ["Rd", "St", "Ave", "Ln", "Dr", "Pike", "Ct", "Cir", "Trl"]

# (town, state, ZIP, IANA zone) : the river valley is cut by the time-zone line
HOME = {
    "423": [
        ("Chattanooga", "TN", z, "America/New_York")
        for z in ("37402", "37404", "37405", "37411", "37412", "37415", "37421")
    ]
    + [
        ("Hixson", "TN", "37343", "America/New_York"),
        ("Ooltewah", "TN", "37363", "America/New_York"),
        ("Signal Mountain", "TN", "37377", "America/New_York"),
        ("Cleveland", "TN", "37311", "America/New_York"),
        ("Cleveland", "TN", "37312", "America/New_York"),
        ("Dayton", "TN", "37321", "America/New_York"),
    ],
    "706": [
        ("Fort Oglethorpe", "GA", "30742", "America/New_York"),
        ("Ringgold", "GA", "30736", "America/New_York"),
        ("Rossville", "GA", "30741", "America/New_York"),
        ("Dalton", "GA", "30720", "America/New_York"),
        ("Calhoun", "GA", "30701", "America/New_York"),
    ],
    "762": [
        ("Trenton", "GA", "30752", "America/New_York"),
        ("Rome", "GA", "30161", "America/New_York"),
        ("LaFayette", "GA", "30728", "America/New_York"),
    ],
    "256": [
        ("Scottsboro", "AL", "35768", "America/Chicago"),
        ("Fort Payne", "AL", "35967", "America/Chicago"),
        ("Stevenson", "AL", "35772", "America/Chicago"),
        ("Bridgeport", "AL", "35740", "America/Chicago"),
        ("Huntsville", "AL", "35801", "America/Chicago"),
    ],
    "938": [("Huntsville", "AL", "35802", "America/Chicago"), ("Madison", "AL", "35758", "America/Chicago")],
    "615": [
        ("Nashville", "TN", "37211", "America/Chicago"),
        ("Murfreesboro", "TN", "37130", "America/Chicago"),
    ],
    "931": [
        ("Tullahoma", "TN", "37388", "America/Chicago"),
        ("Winchester", "TN", "37398", "America/Chicago"),
        ("Tracy City", "TN", "37387", "America/Chicago"),
        ("Crossville", "TN", "38555", "America/Chicago"),
    ],
    "865": [
        ("Knoxville", "TN", "37919", "America/New_York"),
        ("Maryville", "TN", "37803", "America/New_York"),
    ],
    "828": [("Murphy", "NC", "28906", "America/New_York")],
    "678": [("Marietta", "GA", "30060", "America/New_York"), ("Kennesaw", "GA", "30144", "America/New_York")],
}
SHARE = {
    "423": 96,
    "706": 92,
    "256": 84,
    "865": 58,
    "931": 62,
    "615": 48,
    "762": 40,
    "938": 34,
    "828": 22,
    "678": 28,
}

# An area code of the valley whose owner lives an hour west of what the code suggests.
WEST_423 = [
    ("Jasper", "TN", "37347", "America/Chicago"),
    ("South Pittsburg", "TN", "37380", "America/Chicago"),
    ("Dunlap", "TN", "37327", "America/Chicago"),
    ("Whitwell", "TN", "37397", "America/Chicago"),
]
# Moved here and kept the number of the old home: area code -> its zone.
KEPT = {
    "312": "America/Chicago",
    "602": "America/Phoenix",
    "503": "America/Los_Angeles",
    "206": "America/Los_Angeles",
    "714": "America/Los_Angeles",
    "214": "America/Chicago",
    "303": "America/Denver",
    "216": "America/New_York",
    "617": "America/New_York",
}
# Moved away (or winters there) with the number of the valley.
AWAY = [
    ("Phoenix", "AZ", "85016", "America/Phoenix"),
    ("Denver", "CO", "80203", "America/Denver"),
    ("San Diego", "CA", "92103", "America/Los_Angeles"),
    ("Portland", "OR", "97202", "America/Los_Angeles"),
    ("Chicago", "IL", "60614", "America/Chicago"),
    ("Sarasota", "FL", "34236", "America/New_York"),
]
AREA_ZONE = {code: towns[0][3] for code, towns in HOME.items()} | KEPT

MAIL = [
    "riverpost.example",
    "valleymail.example",
    "homebox.example",
    "porchlight.example",
    "example.net",
    "ridgenet.example",
]

SOURCES = {
    "referral_friend": ["Friend / family", "Word of mouth", "Referral - Patient"],
    "referral_doctor": ["Physician referral", "ENT referral", "Dr referral"],
    "guide": ["Buyer's guide download", "Guide PDF"],
    "form": ["Website contact form", "Web form", "Landing page"],
    "social": ["Facebook lead form", "FB ad"],
    "print": ["Times Free Press ad", "Direct mail postcard"],
    "event": ["Senior expo", "Church health fair", "Lunch & learn"],
}
STAFF = ["KS", "MT", "JP", "dw", "Angie", "R.H."]
COMPANIES = [
    "Valley Medical Supply Inc",
    "Lookout Print & Sign LLC",
    "Rayovac Battery Orders",
    "Scenic City Insurance Agency",
    "Hamilton Co. Senior Center",
    "Moccasin Bend Plumbing Co.",
]
