"""The words of the page by language."""

from collections.abc import Mapping

from placement_opt.report.page.dutch import DUTCH
from placement_opt.report.page.english import ENGLISH
from placement_opt.report.page.page_words import PageWords

PAGE_WORDS: Mapping[str, PageWords] = {"en": ENGLISH, "nl": DUTCH}
