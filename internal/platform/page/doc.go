// Package page turns what a handler knows into what a person sees: the translator, preferences, forms, rendering and the cache of
// public pages.
//
// Every visible string is a key in a locale file of the package that says it: locale/zh.toml, en.toml, ko.toml, flat
// `"casefile.title" = "办件"` lines with placeholders {1}, {2}. [Load] gathers them into one [Catalogue]; [T] says a key in the
// language of the request. Chinese is the language of record: a word another language lacks is shown in Chinese.
package page
