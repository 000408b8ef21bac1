#!/usr/bin/env bash
# The main job with nothing but curl and jq: find an item, apply, handle it at two posts against the clock, decide, take the certificate,
# verify it, rate the case. Run it against a server with the demo province: scripts/journey.sh [http://127.0.0.1:8080]
set -euo pipefail

base=${1:-http://127.0.0.1:8080}
api=$base/api/v1
password=xiangyun-demo
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'journey: %s\n' "$*" >&2; exit 1; }

# call WANTED METHOD PATH [TOKEN [BODY [KEY]]] prints the answer's body and fails unless the status is the wanted one.
call() {
	local wanted=$1 method=$2 path=$3 token=${4:-} body=${5:-} key=${6:-} status
	local args=(-sS -o "$work/answer" -w '%{http_code}' -X "$method" "$api$path" -H 'Accept-Language: zh')
	[ -z "$token" ] || args+=(-H "Authorization: Bearer $token")
	[ -z "$key" ] || args+=(-H "Idempotency-Key: $key")
	[ -z "$body" ] || args+=(-H 'Content-Type: application/json' --data-binary "$body")
	status=$(curl "${args[@]}") || fail "$method $path did not answer"
	[ "$status" = "$wanted" ] || fail "$method $path answered $status, not $wanted: $(cat "$work/answer")"
	cat "$work/answer"
}

sign_in() { call 201 POST /sessions "" "{\"account\":\"$1\",\"password\":\"$password\"}" | jq -er .token; }
act() { call 200 POST "/cases/$number/actions" "$1" "$2" >/dev/null; }
state() { call 200 GET "/cases/$number" "$1" | jq -er .state; }
expect() { [ "$1" = "$2" ] || fail "expected $2, got $1"; }

step "find: everyday words find the official name"
call 200 GET "/items?q=$(jq -rn '"开饭店"|@uri')&region=220102000000" >"$work/items"
code=$(jq -er '[.data[] | select(.name | contains("食品经营"))][0].code' "$work/items")
jq -r '.data[0] | "\(.name)  \(.office.name)  法定 \(.legal_days)  承诺 \(.promise_days)"' "$work/items"

step "guide: a situation question changes the material list"
call 200 GET "/items/$code" >"$work/guide"
asks() { call 200 GET "/items/$code?variant=new&$1" | jq -r '[.materials[].name] | join("、")'; }
restaurant=$(asks "situation=place:catering,network:no,machine:no,agent:self")
canteen=$(asks "situation=place:canteen,contracted:contractor,agent:agent")
printf '饭店本人办：%s\n承包食堂委托办：%s\n' "$restaurant" "$canteen"
[ "$restaurant" != "$canteen" ] || fail "the situation does not change the materials"

step "apply: on a phone, as the agent of a company"
company=$(sign_in company)
printf '%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n' >"$work/material.pdf"
situation='{"place":"catering","network":"yes","machine":"no","agent":"self"}'
needed=$(call 200 GET "/items/$code?variant=new&situation=place:catering,network:yes,machine:no,agent:self" |
	jq -r '.materials[] | select(.required and ([.ways[].kind] | index("upload")) != null and ([.ways[].kind] | index("sharing")) == null) | .code')
materials='[]'
for m in $needed; do
	up=$(curl -sS -X POST "$api/uploads" -H "Authorization: Bearer $company" -F "file=@$work/material.pdf;type=application/pdf" | jq -er .id) || fail "the upload for $m was refused"
	materials=$(jq -c --arg c "$m" --arg u "$up" '. + [{code: $c, upload: $u}]' <<<"$materials")
done
body=$(jq -c --argjson m "$materials" --argjson s "$situation" \
	'{item: .code, variant: "new", situation: $s, materials: $m, answers: (.form.properties | with_entries(select(.value.examples) | .value = .value.examples[0]))}' "$work/guide")
key=journey-$(date +%s%N)
call 201 POST /cases "$company" "$body" "$key" >"$work/receipt"
number=$(jq -er .number "$work/receipt")
expect "$(call 201 POST /cases "$company" "$body" "$key" | jq -er .number)" "$number"
jq -r '"办件编号 \(.number)  查询码 \(.query_code)"' "$work/receipt"

step "bad input: refused in plain words, nothing lost"
call 422 POST /cases "$company" "$(jq -c '.answers.credit_code = "91220102MA1P8Q9R4X"' <<<"$body")" | jq -r '.errors[] | "\(.field): \(.message)"'
call 404 GET "/cases/$number" "$(sign_in citizen)" >/dev/null
call 409 POST /cases "$company" "$(jq -c '.answers.staff_count = 99' <<<"$body")" "$key" >/dev/null

step "window: receive and accept; the clock starts"
window=$(sign_in window.nanguan)
call 200 GET /tasks "$window" | jq -e --arg n "$number" 'any(.data[]; .number == $n)' >/dev/null || fail "the case is not in the window's inbox"
act "$window" '{"action":"accept"}'
call 200 GET "/cases/$number" "$company" | jq -r '.clock | "承诺 \(.promise_due)  法定 \(.legal_due)  计时 \(.running)"'

step "office: the clock stands still for an inspection on site, with a document"
review=$(sign_in review.nanguan)
act "$review" '{"action":"suspend","procedure":"inspection","days":5,"comment":"到经营场所现场核查。"}'
expect "$(call 200 GET "/cases/$number" "$company" | jq -r .clock.running)" false
act "$review" '{"action":"resume","comment":"核查完毕，符合要求。"}'
act "$review" '{"action":"opine","comment":"申请材料符合要求。"}'
act "$review" '{"action":"opine","comment":"经营场所符合要求。"}'

step "chief delegate: decide; a second decision is told it came too late"
chief=$(sign_in chief.nanguan)
act "$chief" '{"action":"approve","comment":"符合《食品安全法》规定的条件。"}'
call 409 POST "/cases/$number/actions" "$chief" '{"action":"refuse","comment":"重复决定。"}' | jq -r .detail

step "certificate: issued and signed on approval"
identifier=""
for _ in $(seq 100); do
	identifier=$(call 200 GET "/cases/$number" "$company" | jq -r '.certificates[0].identifier // .certificates[0] // ""')
	[ -z "$identifier" ] || break
	sleep 0.1 # the certificate is issued by a job after the decision's commit
done
[ -n "$identifier" ] || fail "no certificate was issued"
echo "$identifier"
curl -sS -f -o "$work/certificate.pdf" -H "Authorization: Bearer $company" "$api/certificates/$identifier/document?format=pdf"
curl -sS -f -o "$work/certificate.ofd" -H "Authorization: Bearer $company" "$api/certificates/$identifier/document?format=ofd"

step "window: deliver"
act "$window" '{"action":"deliver","way":"online"}'
expect "$(state "$company")" delivered

step "verify: by identifier, by a one-time code, by the file; a changed file is found out"
call 200 POST /verifications "" "{\"identifier\":\"$identifier\"}" | jq -e .valid >/dev/null || fail "the identifier does not verify"
token=$(call 201 POST "/certificates/$identifier/presentations" "$company" '{}' | jq -er .token)
call 200 POST /verifications "" "{\"token\":\"$token\"}" | jq -e .valid >/dev/null || fail "the one-time code does not verify"
call 200 POST /verifications "" "{\"token\":\"$token\"}" | jq -e '.valid | not' >/dev/null || fail "a one-time code verifies twice"
for format in pdf ofd; do
	curl -sS -X POST "$api/verifications" -F "file=@$work/certificate.$format" | jq -e .valid >/dev/null || fail "the $format does not verify"
done
size=$(stat -c %s "$work/certificate.pdf")
cp "$work/certificate.pdf" "$work/changed.pdf"
printf 'X' | dd of="$work/changed.pdf" bs=1 seek=$((size / 3)) conv=notrunc status=none
curl -sS -X POST "$api/verifications" -F "file=@$work/changed.pdf" | jq -r 'if .valid then error("a changed file verifies") else .checks[]? | select(.ok | not) | "\(.name): \(.detail)" end'

step "rate the case: once"
call 201 POST "/cases/$number/rating" "$company" '{"satisfaction":5,"labels":["513"],"text":"全程没有跑腿。"}' >/dev/null
call 409 POST "/cases/$number/rating" "$company" '{"satisfaction":1,"labels":[]}' >/dev/null

step "proof: every step is in the public log"
call 200 GET "/cases/$number/proof" "$company" | jq -r '.leaves | "\(length) leaves, \([.[] | select(.position != null)] | length) already integrated"'
curl -sS -f "$api/log/checkpoint" | head -3

printf '\njourney: done, case %s\n' "$number"
