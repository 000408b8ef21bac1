package office

import (
	"strings"

	"xiangyun/internal/gov/region"
)

// taxDepartment is led from above, so that its own superior reviews it (行政复议法第二十七条).
const taxDepartment = "30"

// Remedies names who reviews the decisions of the office at a path, and which court hears of them. A department is reviewed by its government, a government by
// the one above it (行政复议法第二十四条); what is no government of its own, as a development zone, by the one it belongs to. The court is named where the
// law makes it the county's (行政诉讼法第十四条、第十八条), with the words that leave room for a court appointed instead of it.
func Remedies(d *region.Directory, path string) (government, court string) {
	const anyCourt = "有管辖权的人民法院"
	digits, department, under := strings.Cut(path, "d")
	r, err := region.Parse((digits + "000000000000")[:12])
	if err != nil {
		return "有权的行政复议机关", anyCourt
	}
	for r.Level() > region.Province && (!under || !r.Statutory() || r.Level() > region.County) {
		r, under = r.Parent(), true
	}
	if court = anyCourt; r.Level() == region.County {
		court = Place(d, r) + "人民法院或者其他" + anyCourt
	}
	if department == taxDepartment {
		return "上一级税务机关", court
	}
	return Place(d, r) + "人民政府", court
}
