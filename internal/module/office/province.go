package office

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"xiangyun/internal/gov/region"
	"xiangyun/internal/gov/uscc"
	"xiangyun/internal/platform/db"
)

// kindOfDepartment is one department as the levels name it (机构设置); an empty name means the level has none.
type kindOfDepartment struct {
	code                         string // two digits, as in base codes
	province, prefecture, county string
}

// departments are those of the province's reform of 2018 and 2024, as far as items need them. Names of single places may differ: an
// administrator renames them.
var departments = []kindOfDepartment{
	{"01", "人民政府办公厅", "人民政府办公室", "人民政府办公室"},
	{"04", "发展和改革委员会", "发展和改革委员会", "发展和改革局"},
	{"05", "教育厅", "教育局", "教育局"},
	{"06", "科学技术厅", "科学技术局", "科学技术局"},
	{"07", "工业和信息化厅", "工业和信息化局", "工业和信息化局"},
	{"08", "民族事务委员会", "民族宗教事务局", ""},
	{"09", "公安厅", "公安局", "公安局"},
	{"11", "民政厅", "民政局", "民政局"},
	{"12", "司法厅", "司法局", "司法局"},
	{"13", "财政厅", "财政局", "财政局"},
	{"14", "人力资源和社会保障厅", "人力资源和社会保障局", "人力资源和社会保障局"},
	{"15", "自然资源厅", "自然资源局", "自然资源局"},
	{"16", "生态环境厅", "生态环境局", "生态环境分局"},
	{"17", "住房和城乡建设厅", "住房和城乡建设局", "住房和城乡建设局"},
	{"18", "交通运输厅", "交通运输局", "交通运输局"},
	{"19", "水利厅", "水务局", "水利局"},
	{"20", "农业农村厅", "农业农村局", "农业农村局"},
	{"21", "商务厅", "商务局", "商务局"},
	{"22", "文化和旅游厅", "文化广播电视和旅游局", "文化广播电视和旅游局"},
	{"23", "卫生健康委员会", "卫生健康委员会", "卫生健康局"},
	{"24", "退役军人事务厅", "退役军人事务局", "退役军人事务局"},
	{"25", "应急管理厅", "应急管理局", "应急管理局"},
	{"27", "审计厅", "审计局", "审计局"},
	{"28", "国有资产监督管理委员会", "国有资产监督管理委员会", ""},
	{"30", "税务局", "税务局", "税务局"},
	{"31", "市场监督管理厅", "市场监督管理局", "市场监督管理局"},
	{"32", "广播电视局", "", ""},
	{"33", "体育局", "体育局", ""},
	{"34", "统计局", "统计局", "统计局"},
	{"36", "医疗保障局", "医疗保障局", "医疗保障局"},
	{"37", "林业和草原局", "林业和草原局", "林业局"},
	{"38", "人民防空办公室", "人民防空办公室", ""},
	{"39", "药品监督管理局", "", ""},
	{"78", "残疾人联合会", "残疾人联合会", "残疾人联合会"},
	{"90", "政务服务和数字化建设管理局", "政务服务中心", "政务服务中心"},
	{"93", "", "住房公积金管理中心", "住房公积金管理中心"},
}

// DepartmentCodes lists the two-digit codes of the departments, in order.
func DepartmentCodes() []string {
	codes := make([]string, len(departments))
	for i, k := range departments {
		codes[i] = k.code
	}
	return codes
}

// DepartmentName names the departments with a two-digit code as the province does, or else as the highest level that has them; "" for a code there
// is none of.
func DepartmentName(code string) string {
	for _, k := range departments {
		if k.code == code {
			return cmp.Or(k.province, k.prefecture, k.county)
		}
	}
	return ""
}

// DepartmentNameAt names the departments with a two-digit code as one level of government does; "" where the level has none.
func DepartmentNameAt(code string, level region.Level) string {
	for _, k := range departments {
		if k.code == code {
			return map[region.Level]string{region.Province: k.province, region.Prefecture: k.prefecture, region.County: k.county}[level]
		}
	}
	return ""
}

// CentreDepartment is the department code of the service centre (政务服务中心).
const CentreDepartment = "90"

// SeedProvince writes the offices of the whole province where they lack: the government of every region of five levels and the
// departments of the province, its 9 prefectures and 60 counties. It returns how many were written; doing it again writes none.
func (s *Service) SeedProvince(ctx context.Context) (written int, err error) {
	d := s.Directory()
	var rows [][]any
	for _, r := range region.Jilin() {
		rows = append(rows, officeRow(governmentOf(d, r)))
		if r.Code.Level() > region.County || !r.Code.Statutory() {
			continue
		}
		for i, k := range departments {
			if o, ok := departmentOf(d, r.Code, i, k); ok {
				rows = append(rows, officeRow(o))
			}
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := db.One[int](ctx, tx, `SELECT count(*) FROM office_office`)
		if err != nil || n == len(rows) {
			return err
		}
		k, err := insertMany(ctx, tx, `INSERT INTO office_office (id, path, parent, kind, name, region, department, code) VALUES`,
			`ON CONFLICT (path) DO NOTHING`, 8, rows)
		written = int(k)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("writing the offices of the province: %w", err)
	}
	return written, nil
}

func officeRow(o Office) []any {
	return []any{db.NewKey(), o.Path, o.Parent, string(o.Kind), o.Name, o.Region.String(), o.Department, o.Code}
}

// governmentOf returns the government of a region: 人民政府, 街道办事处, or the committee of a village as the statistics name it.
func governmentOf(d *region.Directory, r region.Row) Office {
	o := Office{Path: r.Code.Prefix(), Kind: Government, Region: r.Code, Code: code(r.Code, 0)}
	if r.Code.Level() > region.Province {
		o.Parent = r.Code.Parent().Prefix()
	}
	switch {
	case r.Code.Level() == region.Village:
		o.Name = Place(d, r.Code)
	case strings.HasSuffix(r.Name, "街道"):
		o.Name = Place(d, r.Code) + "办事处"
	case !r.Code.Statutory():
		o.Name = Place(d, r.Code) + "管理委员会"
	default:
		o.Name = Place(d, r.Code) + "人民政府"
	}
	return o
}

// departmentOf returns department k of a region's government, if its level has one.
func departmentOf(d *region.Directory, r region.Code, n int, k kindOfDepartment) (Office, bool) {
	name := map[region.Level]string{region.Province: k.province, region.Prefecture: k.prefecture, region.County: k.county}[r.Level()]
	if name == "" {
		return Office{}, false
	}
	kind := Department
	if k.code == CentreDepartment && r.Level() > region.Province {
		kind = Centre
	}
	return Office{Path: r.Prefix() + "d" + k.code, Parent: r.Prefix(), Kind: kind, Name: Place(d, r) + name, Region: r, Department: k.code, Code: code(r, n+1)}, true
}

// Place names a region as its offices do: a district with its city (长春市南关区), a county by itself (农安县), a town with its county.
func Place(d *region.Directory, r region.Code) string {
	name := d.Name(r)
	switch r.Level() {
	case region.County:
		if strings.HasSuffix(name, "区") {
			return d.Name(r.Parent()) + name
		}
	case region.Township, region.Village:
		return Place(d, r.Parent()) + name
	}
	return name
}

// code invents a valid unified social credit code: the same office always gets the same.
func code(r region.Code, n int) string {
	county, rest := r.County6(), r.String()[6:]
	body := fmt.Sprintf("MB%s", rest) // towns and villages differ here
	if n > 0 {
		body = fmt.Sprintf("MB1A%04d", n)
	}
	c, err := uscc.Make("11", county, body)
	if err != nil {
		panic(fmt.Sprintf("office: inventing a code for %s: %v", r, err)) // digits and MB are always valid
	}
	return c.String()
}
