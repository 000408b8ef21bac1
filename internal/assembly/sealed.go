package assembly

import "xiangyun/internal/platform/reseal"

// sealedColumns lists where sealed values rest and what binds each to its place, as the modules seal them: after the keyring was rotated they are sealed anew.
// A test compares the list with the tables.
func sealedColumns() []reseal.Column {
	by := func(table, key, bound string, names ...string) (out []reseal.Column) {
		for _, name := range names {
			out = append(out, reseal.Column{Table: table, Name: name, Key: []string{key}, Place: bound + "/{" + key + "}/" + name})
		}
		return out
	}
	one := func(table, name, place string, key ...string) reseal.Column {
		return reseal.Column{Table: table, Name: name, Key: key, Place: place}
	}
	all := by("account_subject", "id", "account_subject", "name", "number", "phone", "representative", "address")
	all = append(all, by("hall_hall", "id", "hall", "kiosk")...)
	all = append(all, by("hall_obstacle", "id", "hall", "words", "answer")...)
	all = append(all, by("rating_rating", "id", "rating", "words")...)
	all = append(all, by("rating_rectification", "rating_id", "rating", "answer")...)
	all = append(all, by("seal_seal", "id", "seal", "reason", "refusal")...)
	all = append(all, by("seal_holder", "id", "seal", "name")...)
	all = append(all, by("seal_request", "id", "seal", "title", "reason")...)
	all = append(all, by("cert_cert", "id", "cert_cert", "record")...)
	all = append(all, by("cert_copy", "id", "cert_copy", "record", "content")...)
	all = append(all, by("cert_paper", "id", "cert_paper", "record")...)
	all = append(all, by("cert_verification", "id", "cert_verification", "complaint")...)
	return append(all,
		one("account_account", "totp", "account_subject/{id}/totp", "id"),
		one("casefile_draft", "content", "casefile/{id}/draft", "id"),
		one("casefile_case", "query_code", "casefile/{id}/query_code", "id"),
		one("casefile_content", "content", "casefile/{case_id}/content", "case_id", "revision"),
		one("casefile_history", "comment", "casefile/{case_id}/comment", "case_id", "version"),
		one("casefile_objection", "content", "casefile/{case_id}/objection", "id", "case_id"),
		one("casefile_objection", "reply", "casefile/{case_id}/reply", "id", "case_id"),
		one("casefile_paper", "body", "casefile/{case_id}/paper", "case_id", "id"),
		one("casefile_sealed", "content", "casefile/{case_id}/sealed/{paper_id}/{format}", "case_id", "paper_id", "format"),
		one("cert_cert", "ended_reason", "cert_cert/{id}/reason", "id"),
		one("cert_document", "content", "cert_cert/{cert_id}/{format}", "cert_id", "format"),
		one("cert_import", "content", "cert_import/{digest}/content", "id", "digest"),
		one("hall_mandate", "words", "hall/{id}/mandate", "id"),
		one("material_file", "name", "material_file/{id}", "id"),
		one("workflow_copy", "words", "workflow/{id}", "id"),
		one("workflow_record", "answers", "casefile/{subject}/task/{task_id}", "id", "subject", "task_id"),
		one("workflow_side", "words", "workflow/{id}", "id"),
		one("workflow_side", "answer", "workflow/{id}/answer", "id"),
		one("workflow_task_event", "words", "workflow/{id}", "id"),
		one("workflow_task_event", "document", "workflow/{id}", "id"),
	)
}
