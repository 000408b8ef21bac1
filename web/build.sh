#!/bin/sh
# Builds what browsers fetch into web/dist: npm packages first, when the lock file is newer than they are, then one style sheet,
# one script, the mark and the fonts for documents. The Go tool chain bundles; Node is needed for npm only.
set -eu
cd "$(dirname "$0")"

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	npm ci --no-progress
	touch node_modules/.package-lock.json
fi

mkdir -p dist/fonts
target="--target=es2019,chrome80"
go tool esbuild js/app.js --bundle --minify --format=iife --legal-comments=eof $target --outfile=dist/app.js --log-level=warning
go tool esbuild js/designer.js --bundle --minify --format=iife --legal-comments=eof $target --loader:.woff2=file --loader:.woff=file --loader:.ttf=file --loader:.eot=file --loader:.svg=file --asset-names=[name] --outfile=dist/designer.js --log-level=warning
# Only the pages of verifying load these: a reader of codes where the browser has none, the check without a network, and what keeps that page.
for part in reader offline worker; do
	go tool esbuild js/$part.js --bundle --minify --format=iife --legal-comments=eof --target=es2020,chrome80 --outfile=dist/$part.js --log-level=warning
done
go tool esbuild ../internal/design/css/app.css --bundle --minify $target --outfile=dist/app.css --log-level=warning
cp static/* dist/

fonts=node_modules/@expo-google-fonts
copy() { cmp -s "$1" "$2" || cp "$1" "$2"; }
copy $fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf dist/fonts/NotoSerifSC-Regular.ttf
copy $fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf dist/fonts/NotoSerifSC-Bold.ttf
copy $fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf dist/fonts/NotoSansSC-Regular.ttf
copy $fonts/nanum-myeongjo/400Regular/NanumMyeongjo_400Regular.ttf dist/fonts/NanumMyeongjo-Regular.ttf
copy $fonts/noto-serif-sc/LICENSE_FONT dist/fonts/OFL-NotoSerifSC.txt
copy $fonts/noto-sans-sc/LICENSE_FONT dist/fonts/OFL-NotoSansSC.txt
copy $fonts/nanum-myeongjo/LICENSE_FONT dist/fonts/OFL-NanumMyeongjo.txt
