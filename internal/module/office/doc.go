// Package office knows the state as it is built: regions, the offices of five levels, who holds which post, and when they work.
//
// An office (机构) has a path in [0-9a-z] whose prefixes are its superiors: the government of a region is the region's own digits ("22",
// "2201", "220102"), a department hangs below its government ("220102d31" 市场监督管理局). So a subtree is a range of paths, and the same
// duty decides in Cedar ([Service.Check]) and narrows a list in SQL ([Service.Reach]); a test cross-checks the two.
//
// A post (岗位) gives an account a role in one office subtree, for some items or all. The three administrators are separated
// (三员分立): admin keeps accounts and offices, security grants posts, auditor reads logs; nobody may hold two of them.
//
// Regions follow GB/T 2260 and the statistics bureau's codes, working days the State Council's yearly notice (行政许可法 82).
package office
