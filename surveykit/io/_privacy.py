"""Direct identifiers: recognised by header and by content, dropped unless kept by name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from surveykit.codebook import Cells, cell_text, cells
from surveykit.text import fold

__all__ = ["PATTERNS", "glance", "identifier", "leaks"]

# Headers that are nothing but an identifier; compared folded, in lower case, without blanks.
_STRONG = frozenset(
    [
        "ip",
        "ip地址",
        "来自ip",
        "来源ip",
        "ipaddress",
        "ipaddr",
        "clientip",
        "userip",
        "remoteip",
        "phone",
        "phonenumber",
        "mobile",
        "mobilephone",
        "mobilenumber",
        "telephone",
        "tel",
        "cellphone",
        "手机",
        "手机号",
        "手机号码",
        "电话",
        "电话号码",
        "联系电话",
        "联系方式",
        "移动电话",
        "您的手机号",
        "您的电话",
        "email",
        "emailaddress",
        "mail",
        "recipientemail",
        "邮箱",
        "电子邮箱",
        "电子邮件",
        "邮箱地址",
        "邮件地址",
        "电子邮件地址",
        "username",
        "用户名",
        "externalreference",
        "externaldatareference",
        "fullname",
        "firstname",
        "lastname",
        "surname",
        "respondentname",
        "recipientname",
        "submittedby",
        "recipientfirstname",
        "recipientlastname",
        "姓名",
        "您的姓名",
        "真实姓名",
        "名字",
        "联系人",
        "昵称",
        "用户昵称",
        "微信昵称",
        "idnumber",
        "idcard",
        "idcardnumber",
        "nationalid",
        "ssn",
        "socialsecuritynumber",
        "studentid",
        "studentnumber",
        "employeeid",
        "passport",
        "passportnumber",
        "身份证",
        "身份证号",
        "身份证号码",
        "证件号码",
        "护照号",
        "护照号码",
        "locationlatitude",
        "locationlongitude",
        "latitude",
        "longitude",
        "gps",
        "gpslocation",
        "geolocation",
        "geopoint",
        "地理位置",
        "经纬度",
        "经度",
        "纬度",
        "定位",
        "定位信息",
        "家庭住址",
        "家庭地址",
        "详细地址",
        "通讯地址",
        "住址",
        "地理位置国家和地区",
        "地理位置省",
        "地理位置市",
        "地理位置国家",
        "地理位置省份",
        "地理位置城市",
        "deviceid",
        "imei",
        "useragent",
        "ua",
        "macaddress",
        "simserial",
        "subscriberid",
        "设备号",
        "设备id",
        "设备标识",
        "设备编号",
        "wechat",
        "wechatid",
        "weixin",
        "openid",
        "unionid",
        "微信",
        "微信号",
        "微信id",
        "微信openid",
        "qq",
        "qq号",
        "qq号码",
        "用户标识",
        "用户id",
        "userid",
    ]
)
# Headers that may as well be an ordinary question: a few repeated answers are a category.
_WEAK = frozenset(
    ["name", "location", "address", "device", "地址", "设备", "位置", "所在位置", "来源详情"]
)
_ASKS = re.compile(
    r"经度|经纬度|学号|工号|银行卡号|车牌号|手机号|电话号码|联系电话|联系方式|身份证|姓名|邮箱|电子邮件|微信号|qq号|家庭住址|详细地址"
    r"|座机|(?:人|长|属|员|家庭|住宅|办公|固定)电话$|门牌号|支付宝账号|住院号|病历号|社保卡号|信用代码"
    r"|(?:phone|mobile|contact|whatsapp|id card|passport|social security|medical record) number"
    r"|passport no\b|e-?mail address|(?:home|street|mailing|postal) address"
    r"|(?:full|your) name|(?:respondent|participant|interviewee|patient|student|parent|child)[ _'s]*(?:name|e-?mail|phone)$"
)
_NUMBERED = re.compile(r"^[0-9]+\s*[、.．]\s*")

_LONG = 1e9  # a number below it is too short for a phone or an ID number
_HEAD = 10_000  # rows that show whether few and repeated numbers stand in a column

_ANY_RUN = re.compile(r"\d{4}|\d\.\d|:[0-9A-Fa-f]{2}:|::|o[\w-]{27}")
_FRACTION = re.compile(r"[+-]?[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?")
_LONG_FLOAT = re.compile(r"[1-9](?:\.[0-9]+)?[eE]\+(?:1[0-9]|[89])")  # an ID number in a workbook
_CONTENT = {
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "mobile phone": re.compile(
        r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])"
    ),
    "phone": re.compile(
        r"(?<![0-9])(?:0[1-9][0-9]{1,2}-[0-9]{7,8}|\+[1-9][0-9]{0,2}(?:[ -]?[0-9]{2,4}){3,4}"
        r"|(?:\([0-9]{3}\) ?|[0-9]{3}-)[0-9]{3}-[0-9]{4})(?![0-9])"
    ),
    "WeChat id": re.compile(
        r"(?<![\w-])o(?=[A-Za-z_-]*[0-9])(?=[0-9a-z_-]*[A-Z])[A-Za-z0-9_-]{27}(?![\w-])"
    ),
    "device": re.compile(r"(?<![\w:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])"),
    "ID number": re.compile(
        r"(?<![0-9])[1-9][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}(?![0-9])"
        r"|(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])|"
        r"(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])"
    ),
    "IP address": re.compile(
        r"(?<![0-9.])(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?![0-9.])"
        r"(?:\s*[(（][^()（）]*[)）])?"
        r"|(?<![\w:])(?=[0-9A-Fa-f:]*::|(?:[0-9A-Fa-f]+:){7})[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
    ),
    "exact location": re.compile(
        r"(?<![0-9.])-?[0-9]{1,2}\.[0-9]{4,}[ ,，;；]{1,2}-?[0-9]{1,3}\.[0-9]{4,}(?: -?[0-9.]+){0,2}(?![0-9])"
    ),
}
PATTERNS = {
    "e-mail": "电子邮箱",
    "mobile phone": "手机号",
    "phone": "电话号码",
    "WeChat id": "微信标识",
    "device": "设备标识",
    "ID number": "身份证号",
    "IP address": " IP 地址",
    "exact location": "精确位置",
}
"""What the content of a cell may be, in English and in Chinese."""


def glance(name: str, series: pd.Series[Any]) -> Cells:
    """Return the cells of a column, as far as they tell whether it is an identifier.

    Of a categorical column the rows are left out that are empty; of a column of numbers those
    too short for an identifier count as 0 behind the first rows, so that a long column of
    measurements is not written out as text.

    Examples
    --------
    >>> glance("a", pd.Series([1.5, None, 13912345678])).values
    ('1.5', '13912345678', '')
    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = series.cat.codes.to_numpy()
        texts = tuple(cell_text(c) for c in series.cat.categories)
        return Cells(name, texts, codes[codes >= 0].astype(np.intp), categorical=True)
    if not pd.api.types.is_numeric_dtype(series.dtype) or pd.api.types.is_bool_dtype(series.dtype):
        return cells(name, series)
    numbers = series.to_numpy()
    short = np.abs(numbers) < _LONG
    short[:_HEAD] = False
    found = cells(name, pd.Series(np.where(short, numbers.dtype.type(0), numbers)))
    return replace(found, values=tuple(map(_in_full, found.values)))


def _in_full(text: str) -> str:
    """Write a long number with all its digits, as an ID number stands in a file."""
    return f"{float(text):.0f}" if "e+" in text.lower() else text


def identifier(header: str, cells: Cells, name: str = "") -> str | None:
    """Say why a column is a direct identifier; None when it is none.

    `name` is its short name, where that is not the header.

    Examples
    --------
    >>> from surveykit.codebook import cells
    >>> import pandas as pd
    >>> identifier("来自IP", cells("来自IP", pd.Series(["", "10.0.0.1"])))
    'header'
    >>> identifier("q7", cells("q7", pd.Series(["13912345678", ""])))
    'mobile phone'
    """
    if any(_by_header(h, cells) for h in (header, name)):
        return "header"
    return _content(cells)


def _by_header(header: str, cells: Cells) -> bool:
    plain = _NUMBERED.sub("", fold(header)).lower()
    key = re.sub(r"[\s_:：*（）()-]+", "", plain)
    key = re.sub(r"^[您你]的", "", key).rstrip("0123456789")
    if key in _STRONG:
        return True
    return bool(key in _WEAK or _ASKS.search(plain)) and not _repeated(cells)


def _answers(cells: Cells) -> list[tuple[str, int]]:
    pairs = zip(cells.values, cells.counts().tolist(), strict=True)
    return [(text, n) for text, n in pairs if text and n]


def _suspects(cells: Cells) -> list[tuple[str, int]]:
    """Return the answers that are long enough, and no fraction, to be an identifier."""
    if "@" not in (joined := "".join(cells.values)) and not _ANY_RUN.search(joined):
        return []
    answers = [
        (_in_full(text) if _LONG_FLOAT.fullmatch(text) else text, n) for text, n in _answers(cells)
    ]
    return [
        (fold(text), n) for text, n in answers if len(text) >= 6 and not _FRACTION.fullmatch(text)
    ]


def _repeated(cells: Cells) -> bool:
    """Whether the answers are few and repeated, as those of a closed question are."""
    answers = _answers(cells)
    total = sum(n for _, n in answers)
    return len(answers) <= 12 and total >= 2 * len(answers) and total >= 4


def _content(cells: Cells) -> str | None:
    """Name the pattern that at least half of the answers are, as a whole."""
    suspects = _suspects(cells)
    if not suspects:
        return None
    total = sum(n for text, n in _answers(cells) if text.strip())
    for name, pattern in _CONTENT.items():
        hits = sum(n for text, n in suspects if pattern.fullmatch(text))
        if hits and 2 * hits >= total:
            return name
    return None


def leaks(cells: Cells) -> dict[str, int]:
    """Count the answers of a column that hold a direct identifier somewhere."""
    found = {}
    suspects = _suspects(cells)
    for name, pattern in _CONTENT.items():
        hits = sum(n for text, n in suspects if pattern.search(text))
        if hits:
            found[name] = hits
    return found
