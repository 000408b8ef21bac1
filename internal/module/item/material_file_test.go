package item_test

import (
	"io"
	"strings"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/item"
	"xiangyun/internal/module/item/itemtest"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

const somePDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

// filesOf are the files of an item's materials.
func filesOf(t *testing.T, l *itemtest.Library, base string) (list []item.MaterialFile) {
	t.Helper()
	err := l.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		list, err = l.Files(t.Context(), tx, base)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func leavesOf(l *itemtest.Library, kind string) (n int) {
	for _, e := range l.Leaves {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// TestMaterialFiles attaches a sample, again, another in its place, and takes it away.
func TestMaterialFiles(t *testing.T) {
	l, ctx := open(t), t.Context()
	d := definition(t, food)
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	code := d.Guide.Materials[2].Code
	attach := func(by actor.Actor, material, kind, name, content string) error {
		return l.AttachFile(ctx, by, food, material, kind, strings.NewReader(content), name)
	}
	before := l.Changes()
	for range 2 { // the same again changes nothing
		if err := attach(itemtest.Keeper, code, item.SampleFile, `C:\表\示例‮.pdf`, somePDF); err != nil {
			t.Fatal(err)
		}
	}
	list := filesOf(t, l.Library, food)
	if len(list) != 1 || list[0].Name != "示例.pdf" || list[0].MediaType != "application/pdf" || list[0].MaterialCode != code || leavesOf(l.Library, "item.file_attached") != 1 {
		t.Fatalf("%+v, %d leaves", list, leavesOf(l.Library, "item.file_attached"))
	}
	if l.Changes() == before {
		t.Error("pages kept from before go on being shown")
	}
	if err := attach(itemtest.Keeper, code, item.SampleFile, "a.txt", "甲方"); err != nil {
		t.Fatal(err)
	}
	if list = filesOf(t, l.Library, food); len(list) != 1 || list[0].Name != "a.txt" || leavesOf(l.Library, "item.file_attached") != 2 {
		t.Fatalf("%+v", list)
	}
	content, err := l.OpenFile(ctx, list[0])
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if text, err := io.ReadAll(content); string(text) != "甲方" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	for name, c := range map[string]struct {
		err  error
		kind fault.Kind
	}{
		"no keeper":        {attach(itemtest.Chief, code, item.BlankFile, "a.pdf", somePDF), fault.Forbidden},
		"no such material": {attach(itemtest.Keeper, "M999999", item.BlankFile, "a.pdf", somePDF), fault.NotFound},
		"no such kind":     {attach(itemtest.Keeper, code, "draft", "a.pdf", somePDF), fault.NotFound},
		"not as named":     {attach(itemtest.Keeper, code, item.BlankFile, "a.pdf", "<html>"), fault.Unsupported},
		"a program":        {attach(itemtest.Keeper, code, item.BlankFile, "a.exe", "MZ"), fault.Unsupported},
		"too large":        {attach(itemtest.Keeper, code, item.BlankFile, "a.txt", strings.Repeat("大", 1<<20)), fault.TooLarge},
		"no keeper ends":   {l.RemoveFile(ctx, itemtest.Chief, food, code, item.SampleFile), fault.Forbidden},
	} {
		if !fault.Is(c.err, c.kind) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	for range 2 {
		if err := l.RemoveFile(ctx, itemtest.Keeper, food, code, item.SampleFile); err != nil {
			t.Fatal(err)
		}
	}
	if list = filesOf(t, l.Library, food); len(list) != 0 || leavesOf(l.Library, "item.file_removed") != 1 {
		t.Errorf("%+v", list)
	}
	l.Refuse = "item.file_attached"
	if err := attach(itemtest.Keeper, code, item.BlankFile, "a.pdf", somePDF); err == nil || len(filesOf(t, l.Library, food)) != 0 {
		t.Errorf("a file without its leaf: %v", err)
	}
	l.Refuse = ""
}

// A version that drops a material takes its files away: another material that gets the code later has none.
func TestADroppedMaterialLosesItsFiles(t *testing.T) {
	l, ctx := open(t), t.Context()
	d := definition(t, food)
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	last := len(d.Guide.Materials) - 1
	kept, dropped := d.Guide.Materials[0].Code, d.Guide.Materials[last].Code
	for _, f := range [][2]string{{kept, item.BlankFile}, {dropped, item.BlankFile}, {dropped, item.SampleFile}} {
		if err := l.AttachFile(ctx, itemtest.Keeper, food, f[0], f[1], strings.NewReader(somePDF), "a.pdf"); err != nil {
			t.Fatal(err)
		}
	}
	without := d
	without.Guide.Materials = d.Guide.Materials[:last]
	if _, err := l.Publish(ctx, itemtest.Loader, without); err != nil {
		t.Fatal(err)
	}
	if list := filesOf(t, l.Library, food); len(list) != 1 || list[0].MaterialCode != kept || leavesOf(l.Library, "item.file_removed") != 2 {
		t.Fatalf("%+v", list)
	}
	d.Guide.Summary += "（改）"
	if _, err := l.Publish(ctx, itemtest.Loader, d); err != nil {
		t.Fatal(err)
	}
	if list := filesOf(t, l.Library, food); len(list) != 1 || leavesOf(l.Library, "item.file_removed") != 2 {
		t.Errorf("%+v", list)
	}
}
