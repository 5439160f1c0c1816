# A fresh clone needs Node 20 or newer, npm and make; the targets install the rest and run on the Node 24 of the
# project's own dev dependency.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check generate bench soak fake-ec2 clean install
.PHONY: check-format check-types check-lint check-imports check-unused check-generated

NODE := node_modules/.bin/node
# Written last, and removed by `npm ci` itself: what is half installed is installed again.
INSTALLED := node_modules/.installed
GENERATED := crds
# Two targets started at once must not install at once, where there is flock.
LOCK := $(shell command -v flock >/dev/null 2>&1 && echo flock .cache/install.lock)

help: ## list the targets
	@grep -E '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/^([a-z0-9-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 18

# For people, also through a pipe: what it will do, the log, then what to try.
run: $(INSTALLED) ## run the sample team (TREELINE_DATA_DIR and TREELINE_LISTEN choose folder and address)
	@TREELINE_LOG_FORMAT="$${TREELINE_LOG_FORMAT:-terminal}" $(NODE) --max-semi-space-size=4 --heap-growing-percent=20 cmd/treeline.ts run --directory manifests/samples/design-team

test: $(INSTALLED) ## run every test (one file or folder: make test ONLY=test/lib)
	@npm test -- $(ONLY)

check: check-format check-types check-lint check-imports check-unused check-generated ## everything else CI checks

check-format: $(INSTALLED)
	@npm run --silent check:format

check-types: $(INSTALLED)
	@npm run --silent check:types

check-lint: $(INSTALLED)
	@npm run --silent check:lint

check-imports: $(INSTALLED)
	@npm run --silent check:imports

check-unused: $(INSTALLED)
	@npm run --silent check:unused

check-generated: $(INSTALLED)
	@before=$$(cat $(GENERATED)/* | cksum) && npm run --silent generate && after=$$(cat $(GENERATED)/* | cksum) && \
	if test "$$before" != "$$after"; then \
		echo 'generated files were out of date and have been written anew: commit $(GENERATED)/' >&2; exit 1; \
	fi

generate: $(INSTALLED) ## write the generated files (crds/) from api/
	@npm run --silent generate

bench: $(INSTALLED) ## measure, and print the results as tables
	@$(NODE) bench/all.ts

soak: $(INSTALLED) ## run the tests with the long drills at full length
	@TREELINE_SOAK=1 npm test -- $(ONLY)

fake-ec2: $(INSTALLED) ## run a fake EC2 and print its address (PORT chooses the port; test/fakes/ec2/README.md)
	@exec $(NODE) test/fakes/ec2/fake-ec2.program.ts

clean: ## end what `make run` started in this data folder, and remove what was built
	@data="$${TREELINE_DATA_DIR:-.treeline}"; \
	if test -e "$$data"; then $(MAKE) --silent --no-print-directory install && $(NODE) cmd/treeline.ts clean; \
	else echo "nothing was started: there is no $$data"; fi
	@rm -rf dist coverage

install: $(INSTALLED)

$(INSTALLED): package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node, 10) >= 20 ? 0 : 1)' || \
		{ echo 'Node 20 or newer and npm are needed: https://nodejs.org' >&2; exit 1; }
	@mkdir -p .cache
	@$(LOCK) sh -ec 'if test $@ -nt package-lock.json; then exit; fi; \
	echo "Installing packages (about half a minute the first time) ..." >&2; \
	npm ci --include=dev --include=optional --no-audit --no-fund --loglevel=error; \
	case "$$($(NODE) --version 2>/dev/null)" in v24.*) touch $@ ;; *) \
		echo "Node 24 did not arrive in node_modules. Its package installs it with a script, so allow scripts" >&2; \
		echo "(npm config get ignore-scripts must say false) and call make again." >&2; exit 1 ;; \
	esac'
