"""The words of cyclers for what a step does -> the words of the Battery Data Format."""

# spelled as spelling.spell writes them
REST = dict.fromkeys(("r", "rest", "搁置", "静置", "休眠", "p", "pause", "s", "suspend"), "REST")
OPEN_CIRCUIT = dict.fromkeys(("ocv", "开路"), "OCV")

CHARGE_AND_DISCHARGE = {
    **dict.fromkeys(
        (
            "charge",
            "charging",
            "chg",
            "cc_chg",
            "充电",
            "充電",
            "laden",
            "ladung",
            "충전",
            "carica",
            "заряд",
            "carga",
            "laddning",
            "opladning",
            "şarj",
            "nabíjení",
            "ładowanie",
        ),
        "ANY_CHG",
    ),
    **dict.fromkeys(
        (
            "discharge",
            "discharging",
            "dchg",
            "dis",
            "cc_dchg",
            "放电",
            "放電",
            "entladen",
            "entladung",
            "방전",
            "scarica",
            "разряд",
            "descarga",
            "décharge",
            "urladdning",
            "afladning",
            "deşarj",
            "vybíjení",
            "rozładowanie",
        ),
        "ANY_DCH",
    ),
    **dict.fromkeys(
        ("休止", "ruhe", "ruhen", "휴지", "riposo", "покой", "reposo", "repouso", "repos", "vila", "hvile"), "REST"
    ),
}

IN_FULL = {
    f"{kind}_{way}": f"{ours}_{end}"
    for kind, ours in (
        ("cc", "CC"),
        ("cv", "CV"),
        ("cccv", "CCCV"),
        ("cc_cv", "CCCV"),
        ("constant_current", "CC"),
        ("constant_voltage", "CV"),
    )
    for way, end in (("charge", "CHG"), ("discharge", "DCH"))
}

NEWARE_AND_ALIKE = {
    "cc_chg": "CC_CHG", "cc_dchg": "CC_DCH", "cv_chg": "CV_CHG", "cv_dchg": "CV_DCH", "cccv_chg": "CCCV_CHG",
    "cccv_dchg": "CCCV_DCH", "cp_chg": "CP_CHG", "cp_dchg": "CP_DCH", "cr_chg": "CR_CHG", "cr_dchg": "CR_DCH",
    "pcccv_chg": "CCCV_CHG", "cpcv_chg": "CPCV_CHG", "cpcv_dchg": "CPCV_DCH", "crcv_chg": "CRCV_CHG",
    "crcv_dchg": "CRCV_DCH",
}  # fmt: skip

CHINESE = {
    "恒流充电": "CC_CHG", "恒流放电": "CC_DCH", "恒压充电": "CV_CHG", "恒压放电": "CV_DCH",
    "恒流恒压充电": "CCCV_CHG", "恒流恒压放电": "CCCV_DCH", "倍率充电": "CC_CHG", "倍率放电": "CC_DCH",
    "恒功率充电": "CP_CHG", "恒功率放电": "CP_DCH", "恒阻放电": "CR_DCH",
}  # fmt: skip

# Seen in exported files, or in public scripts that read files of exactly these columns.
LAND_SEEN = {"r": "REST", "ratec": "CC_CHG", "rated": "CC_DCH", "ccc": "CC_CHG", "cvc": "CV_CHG"}
# Formed like them, or words of other cyclers of the same country: no file has confirmed them. The report says so.
LAND_ASSUMED = {word: ours for word, ours in (REST | OPEN_CIRCUIT).items() if word not in LAND_SEEN} | {
    "c_rate": "CC_CHG", "d_rate": "CC_DCH",
    "ccd": "CC_DCH", "c_cc": "CC_CHG", "d_cc": "CC_DCH", "cc_c": "CC_CHG", "cc_d": "CC_DCH",
    "cvd": "CV_DCH", "c_cv": "CV_CHG", "d_cv": "CV_DCH", "cv_c": "CV_CHG", "cv_d": "CV_DCH",
    "cccvc": "CCCV_CHG", "cccvd": "CCCV_DCH", "c_cccv": "CCCV_CHG", "d_cccv": "CCCV_DCH",
    "cpc": "CP_CHG", "cpd": "CP_DCH", "c_cp": "CP_CHG", "d_cp": "CP_DCH", "crd": "CR_DCH", "d_cr": "CR_DCH",
} | CHINESE  # fmt: skip
LAND = LAND_SEEN | LAND_ASSUMED

LANDT_US = REST | OPEN_CIRCUIT | {
    "discharge_cc": "CC_DCH", "charge_cc": "CC_CHG", "discharge_cv": "CV_DCH", "charge_cv": "CV_CHG",
    "discharge_cccv": "CCCV_DCH", "charge_cccv": "CCCV_CHG", "discharge_cp": "CP_DCH", "charge_cp": "CP_CHG",
    "discharge_cr": "CR_DCH",
}  # fmt: skip

# One letter says the direction only, not whether current or voltage was held: the words are ours, not of the format.
MACCOR = REST | OPEN_CIRCUIT | {"c": "ANY_CHG", "d": "ANY_DCH"}
