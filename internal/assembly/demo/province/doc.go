// Package province composes a whole province's base catalogue from what was written by hand, one file a department.
//
// A file holds a department's laws, the papers it asks for and its matters (主项). A matter has a name, the law that sets it, its limit, whom it is for,
// which levels of government exercise it, and its parts (子项) by class or grade. The decomposition follows the official vocabulary: a matter times its
// parts times the levels that exercise them gives the base codes, as the province's own catalogue has them (…（市级权限）); what can be asked of each (新办、变更、
// 延续 …) are its variants. What every guide of a kind says alike (steps, fees, the questions people ask) is composed here.
//
// The number of a matter is its place in the file, that of a part its place in the matter: files are added to at their ends only.
//
// It was written from knowledge of the law and not compared with its texts: every guide says so among its doubts, and keepers check all of it before real
// people are served.
package province
