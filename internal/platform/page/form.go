package page

import (
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"xiangyun/internal/platform/fault"
)

func badForm(err error) error {
	if _, ok := err.(*http.MaxBytesError); ok {
		return fault.New(fault.TooLarge, "page.form_too_large").Because(err)
	}
	return fault.New(fault.Invalid, "page.form_unreadable").Because(err)
}

// Bind fills a struct from the request's form and query by `form:"name"` tags: string (trimmed), []string, int and bool fields. A number that
// is none is a field error; a missing field keeps its zero value.
func Bind(r *http.Request, to any) error {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(1 << 20)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return badForm(err)
	}
	refused := fault.New(fault.Invalid, "page.form_invalid")
	v := reflect.ValueOf(to).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("form")
		values, given := r.Form[name]
		if name == "" || !given || len(values) == 0 {
			continue
		}
		f, first := v.Field(i), strings.TrimSpace(values[0])
		switch f.Kind() {
		case reflect.String:
			f.SetString(first)
		case reflect.Bool:
			f.SetBool(first == "on" || first == "true" || first == "1" || first == "yes")
		case reflect.Int, reflect.Int64:
			if first == "" {
				continue
			}
			n, err := strconv.ParseInt(first, 10, 64)
			if err != nil {
				refused.Field(name, "page.not_a_number")
				continue
			}
			f.SetInt(n)
		case reflect.Slice:
			f.Set(reflect.ValueOf(append([]string{}, values...)).Convert(f.Type()))
		default:
			return fmt.Errorf("binding %s: a %s can't be bound", name, f.Type())
		}
	}
	return refused.OrNil()
}
