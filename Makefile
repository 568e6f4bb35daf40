# EdgeOperator: build, prove, show and install. GNU make; `make help` lists the targets.

DOTNET        ?= dotnet
CONFIGURATION ?= Release
PREFIX        ?= /usr/local
DESTDIR       ?=
SYSCONFDIR    ?= /etc

SOLUTION  := EdgeOperator.sln
CLI       := src/EdgeOperator.Cli/EdgeOperator.Cli.csproj
LAUNCHER  := src/EdgeOperator.Launcher/EdgeOperator.Launcher.csproj
FUNCTIONS := src/EdgeOperator.Functions/EdgeOperator.Functions.csproj
HUB       := src/EdgeOperator.Hub/EdgeOperator.Hub.csproj
ARTIFACTS := artifacts
SOURCES   := $(shell find src -path src/guest -prune -o -path '*/obj' -prune -o -path '*/bin' -prune -o -type f -print) Directory.Build.props Directory.Packages.props \
	$(wildcard src/guest/root/usr/lib/edgeop/* src/guest/cloud/*)
RID       := $(if $(filter aarch64 arm64,$(shell uname -m)),linux-arm64,linux-x64)
EDGEOP    := $(ARTIFACTS)/$(RID)/edgeop
HUB_BIN   := $(ARTIFACTS)/$(RID)/edgeop-hub
HOST      := $(ARTIFACTS)/$(RID)/edgeop-functions
VERSION   := $(shell sed -n "s|.*<Version>\(.*\)</Version>.*|\1|p" Directory.Build.props)
UNITDIR   := $(PREFIX)/lib/systemd/system
LIBDIR    := $(PREFIX)/lib/edgeop
RELEASE   := $(ARTIFACTS)/release/edgeop-$(VERSION)-$(RID).tar.gz

export DOTNET CONFIGURATION DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

.DEFAULT_GOAL := help
.PHONY: help deps build check-arm64 test test-windows fuzz soak lint publish sbom vulnerabilities release install install-hub uninstall demo demo-functions demo-hub demo-fleet demo-updates demo-vm bench bench-functions bench-hub bench-vm guest-image guest-image-minimal guest-image-check clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

deps: ## install what tests and demos need and the machine lacks
	@tests/deps.sh dockerd docker docker-registry busybox age git git-lfs ip ssh ssh-keygen sshd gpg podman python3 pip3 gcc node npm openssl pgrep nc.openbsd script postgres chromium \
		qemu-system-x86_64 qemu-img ovmf swtpm systemd-creds libtss2 mke2fs depmod sfdisk syslinux mcopy lz4 cpio mmdebstrap mksquashfs systemd-analyze

build: ## build everything
	$(DOTNET) build $(SOLUTION) -c $(CONFIGURATION) -v quiet -clp:NoSummary

test: deps ## run every test, those against a real engine and real Git included
	@tests/run.sh

test-windows: $(ARTIFACTS)/win-x64/edgeop.exe ## run end-to-end tests of edgeop.exe under Wine, in a folder with Debian 13 (as root)
	@tests/deps.sh mmdebstrap x86_64-w64-mingw32-gcc unshare git
	@tests/windows/chroot.sh $(ARTIFACTS)/wine
	@tests/windows/run.sh $(ARTIFACTS)/win-x64/edgeop.exe $(ARTIFACTS)/wine

fuzz: ## feed the parsers of foreign input with mutated samples (DURATION=20m)
	@tests/fuzz.sh $(or $(DURATION),20m)

soak: ## disturb a device at random and see that it is as the last good commit desires (DURATION=30m, SEED=number)
	@tests/deps.sh dockerd docker-registry busybox git ip ssh-keygen faketime
	$(DOTNET) build tests/soak -c Release -v quiet -clp:NoSummary
	@$(MAKE) --no-print-directory $(EDGEOP)
	$(DOTNET) run --project tests/soak -c Release --no-build -- --edgeop $(EDGEOP) --duration $(or $(DURATION),30m) $(if $(SEED),--seed $(SEED)) --evidence $(ARTIFACTS)/soak

lint: ## check formatting and code style
	$(DOTNET) restore $(SOLUTION) -v quiet
	$(DOTNET) format $(SOLUTION) --verify-no-changes --no-restore

publish: sbom $(foreach name,edgeop edgeop-functions edgeop-hub,$(ARTIFACTS)/linux-x64/$(name) $(ARTIFACTS)/linux-arm64/$(name) $(ARTIFACTS)/win-x64/$(name).exe) $(ARTIFACTS)/portable/edgeop-hub.dll ## build edgeop, edgeop-functions and edgeop-hub for every platform, and what they are made of, into artifacts/
	@du -h $(ARTIFACTS)/linux-x64/edgeop-agent $(filter $(ARTIFACTS)/%,$^)

sbom: $(foreach name,edgeop edgeop-functions edgeop-hub,$(ARTIFACTS)/sbom/$(name).cdx.json) ## write what edgeop, edgeop-functions and edgeop-hub are made of (CycloneDX) into artifacts/sbom/

$(ARTIFACTS)/sbom/edgeop.cdx.json: PROJECT = $(CLI)
$(ARTIFACTS)/sbom/edgeop-functions.cdx.json: PROJECT = $(FUNCTIONS)
$(ARTIFACTS)/sbom/edgeop-hub.cdx.json: PROJECT = $(HUB)
$(ARTIFACTS)/sbom/%.cdx.json: $(SOURCES) .config/dotnet-tools.json
	$(DOTNET) tool restore >/dev/null
	$(DOTNET) restore $(PROJECT) -v quiet
	$(DOTNET) tool run dotnet-CycloneDX -- $(PROJECT) --exclude-dev --disable-package-restore --no-serial-number \
		--set-name $* --set-version $(VERSION) --output $(@D) --filename $(@F) --output-format Json >/dev/null
	@touch $@

vulnerabilities: ## list packages with known vulnerabilities, where the registry answers
	@timeout 180 $(DOTNET) list $(SOLUTION) package --vulnerable --include-transitive || echo "the registry does not say which packages are vulnerable"

# On linux-x64 edgeop is native: it has what must be quick, and becomes edgeop-agent beside it for all else.
$(ARTIFACTS)/linux-x64/edgeop: $(ARTIFACTS)/linux-x64/edgeop-agent $(SOURCES)
	@tests/deps.sh gcc
	$(DOTNET) publish $(LAUNCHER) -c Release -r linux-x64 -o $(@D) -v quiet -clp:NoSummary
	@touch $@

# Single files: self-contained and trimmed.
$(ARTIFACTS)/linux-x64/edgeop-agent $(ARTIFACTS)/linux-arm64/edgeop $(ARTIFACTS)/win-x64/edgeop.exe: $(ARTIFACTS)/%: $(SOURCES)
	$(DOTNET) publish $(CLI) -c Release -r $(*D) -o $(ARTIFACTS)/$(*D) -v quiet -clp:NoSummary
	@touch $@

$(ARTIFACTS)/linux-x64/edgeop-functions $(ARTIFACTS)/linux-arm64/edgeop-functions $(ARTIFACTS)/win-x64/edgeop-functions.exe: $(ARTIFACTS)/%: $(SOURCES)
	$(DOTNET) publish $(FUNCTIONS) -c Release -r $(*D) -o $(ARTIFACTS)/$(*D) -v quiet -clp:NoSummary
	@touch $@

$(ARTIFACTS)/linux-x64/edgeop-hub $(ARTIFACTS)/linux-arm64/edgeop-hub $(ARTIFACTS)/win-x64/edgeop-hub.exe: $(ARTIFACTS)/%: $(SOURCES)
	$(DOTNET) publish $(HUB) -c Release -r $(*D) -o $(ARTIFACTS)/$(*D) -v quiet -clp:NoSummary
	@touch $@

# Framework-dependent, for servers of other kinds: run it with `dotnet edgeop-hub.dll`.
$(ARTIFACTS)/portable/edgeop-hub.dll: $(SOURCES)
	$(DOTNET) publish $(HUB) -c Release -p:UseAppHost=false -o $(@D) -v quiet -clp:NoSummary
	@touch $@

# Emulated, so that it also tells on machines of the other kind; none of it needs the network or an engine.
check-arm64: $(foreach name,edgeop edgeop-functions edgeop-hub,$(ARTIFACTS)/linux-arm64/$(name)) ## start the programs for arm64 under emulation
	@tests/deps.sh qemu-aarch64-static mmdebstrap
	@tests/check-arm64.sh $(ARTIFACTS)/linux-arm64

# What agents take as a new version of themselves: the same bytes from the same programs. With KEY (a private key in PEM) also its signature.
release: $(EDGEOP) $(HOST) ## make artifacts/release/edgeop-VERSION-RID.tar.gz, by which agents update themselves (RID, KEY=private.pem)
	@mkdir -p $(ARTIFACTS)/release
	printf 'version=%s\nplatform=%s\n' $(VERSION) $(RID) > $(ARTIFACTS)/$(RID)/RELEASE
	tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=go=rX,u+w -C $(ARTIFACTS)/$(RID) -c \
		RELEASE edgeop $(notdir $(wildcard $(EDGEOP)-agent)) edgeop-functions | gzip -n9 > $(RELEASE)
	sha256sum $(RELEASE) | tee $(RELEASE).sha256
	$(if $(KEY),openssl dgst -sha256 -sign $(KEY) -out $(RELEASE).sig $(RELEASE))

install: $(EDGEOP) $(HOST) ## install edgeop, edgeop-functions, the systemd units and a first agent.yaml (DESTDIR, PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSCONFDIR)/edgeoperator $(DESTDIR)$(LIBDIR)/versions/$(VERSION)
	install -m 755 $(EDGEOP) $(wildcard $(EDGEOP)-agent) $(HOST) $(DESTDIR)$(LIBDIR)/versions/$(VERSION)
	printf 'version=%s\nplatform=%s\n' $(VERSION) $(RID) > $(DESTDIR)$(LIBDIR)/versions/$(VERSION)/RELEASE
	install -m 755 src/supervisor/edgeop-supervisor $(DESTDIR)$(LIBDIR)/supervisor
	$(DESTDIR)$(LIBDIR)/supervisor install $(VERSION)
	rm -f $(DESTDIR)$(PREFIX)/bin/edgeop-agent
	ln -sfn ../lib/edgeop/current/edgeop $(DESTDIR)$(PREFIX)/bin/edgeop
	ln -sfn ../lib/edgeop/current/edgeop-functions $(DESTDIR)$(PREFIX)/bin/edgeop-functions
	for unit in edgeop.service edgeop-trial.service; do \
		sed "s|/usr/local/lib/edgeop|$(LIBDIR)|g" manifests/systemd/$$unit > $(DESTDIR)$(UNITDIR)/$$unit && chmod 644 $(DESTDIR)$(UNITDIR)/$$unit || exit; \
	done
	test -e $(DESTDIR)$(SYSCONFDIR)/edgeoperator/agent.yaml || \
		install -m 640 manifests/samples/agent.yaml $(DESTDIR)$(SYSCONFDIR)/edgeoperator/agent.yaml
	@echo "Installed. Edit $(SYSCONFDIR)/edgeoperator/agent.yaml, then: systemctl daemon-reload && systemctl enable --now edgeop"

install-hub: $(HUB_BIN) ## install edgeop-hub, its systemd unit and a first hub.yaml (DESTDIR, PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSCONFDIR)/edgeop-hub
	install -m 755 $(HUB_BIN) $(DESTDIR)$(PREFIX)/bin
	sed 's|/usr/local/bin|$(PREFIX)/bin|' manifests/systemd/edgeop-hub.service > $(DESTDIR)$(UNITDIR)/edgeop-hub.service
	chmod 644 $(DESTDIR)$(UNITDIR)/edgeop-hub.service
	test -e $(DESTDIR)$(SYSCONFDIR)/edgeop-hub/hub.yaml || \
		install -m 644 manifests/hub/hub.yaml $(DESTDIR)$(SYSCONFDIR)/edgeop-hub/hub.yaml
	@echo "Installed. Edit $(SYSCONFDIR)/edgeop-hub/hub.yaml, then: systemctl daemon-reload && systemctl enable --now edgeop-hub"

uninstall: ## remove what install brought; configuration, state and workloads stay
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,edgeop edgeop-agent edgeop-functions edgeop-hub) $(addprefix $(DESTDIR)$(UNITDIR)/,edgeop.service edgeop-trial.service edgeop-hub.service)
	rm -rf $(DESTDIR)$(PREFIX)/lib/edgeop

demo: $(EDGEOP) ## show the whole loop on this machine, start to end
	@tests/deps.sh dockerd docker docker-registry busybox git ip
	@EDGEOP_BIN=$(EDGEOP) tests/demo/demo.sh

demo-functions: $(EDGEOP) $(HOST) ## show function apps on this machine, start to end
	@tests/deps.sh git curl python3 node npm setsid setpriv pgrep
	@EDGEOP_BIN=$(EDGEOP) EDGEOP_FUNCTIONS_BIN=$(HOST) tests/demo/demo-functions.sh

demo-hub: $(EDGEOP) $(HUB_BIN) ## show a hub and two devices on this machine, start to end
	@tests/deps.sh dockerd docker docker-registry busybox ip node npm pgrep
	@EDGEOP_BIN=$(EDGEOP) EDGEOP_HUB_BIN=$(HUB_BIN) tests/demo/demo-hub.sh

demo-fleet: $(EDGEOP) $(HUB_BIN) ## show commits that roll out over a fleet on this machine, start to end
	@tests/deps.sh git python3 pgrep chromium
	@EDGEOP_BIN=$(EDGEOP) EDGEOP_HUB_BIN=$(HUB_BIN) tests/demo/demo-fleet.sh

demo-vm: $(EDGEOP) ## show a virtual machine on this machine, start to end
	@tests/deps.sh git curl busybox qemu-system-x86_64 qemu-img ssh sshd
	@test -e $(ARTIFACTS)/guest-image.qcow2 || $(MAKE) --no-print-directory guest-image
	@EDGEOP_BIN=$(EDGEOP) tests/demo/demo-vm.sh

demo-updates: $(EDGEOP) ## show updates of packages on a system of the demo's own, start to end (as root)
	@tests/deps.sh git python3 gpg dpkg-deb
	@EDGEOP_BIN=$(EDGEOP) tests/demo/demo-updates.sh

GUEST_TOOLS := busybox sshd ssh nc.openbsd mke2fs depmod sfdisk syslinux mcopy lz4 cpio qemu-img mmdebstrap mksquashfs

guest-image: ## build artifacts/guest-image.qcow2, the guest with the container engine that virtual machines run
	@tests/deps.sh $(GUEST_TOOLS)
	src/guest/build.sh full $(ARTIFACTS)/guest-image.qcow2

guest-image-minimal: ## build artifacts/guest-image-minimal.qcow2, a guest that starts fast and has no container engine
	@tests/deps.sh $(GUEST_TOOLS)
	src/guest/build.sh minimal $(ARTIFACTS)/guest-image-minimal.qcow2

guest-image-check: guest-image ## build the guest image once more and see that it has the same bytes
	src/guest/build.sh full $(ARTIFACTS)/guest-image-again.qcow2
	cmp $(ARTIFACTS)/guest-image.qcow2 $(ARTIFACTS)/guest-image-again.qcow2
	@rm -f $(ARTIFACTS)/guest-image-again.qcow2*
	@cat $(ARTIFACTS)/guest-image.qcow2.sha256

bench: ## measure and write artifacts/bench.md (ARGS=--quick for a short run)
	@tests/deps.sh dockerd docker-registry busybox git docker-compose
	$(DOTNET) build tests/EdgeOperator.Benchmarks -c Release -v quiet -clp:NoSummary
	@$(MAKE) --no-print-directory $(ARTIFACTS)/linux-x64/edgeop
	$(DOTNET) run --project tests/EdgeOperator.Benchmarks -c Release --no-build -- --edgeop $(ARTIFACTS)/linux-x64/edgeop --output $(ARTIFACTS)/bench.md $(ARGS)

bench-functions: ## measure the functions host and write artifacts/bench-functions.md (ARGS=--quick for a short run)
	@tests/deps.sh wrk nginx node npm gcc
	$(DOTNET) build tests/EdgeOperator.Benchmarks -c Release -v quiet -clp:NoSummary
	@$(MAKE) --no-print-directory $(ARTIFACTS)/linux-x64/edgeop-functions
	$(DOTNET) run --project tests/EdgeOperator.Benchmarks -c Release --no-build -- functions --edgeop $(ARTIFACTS)/linux-x64/edgeop-functions --output $(ARTIFACTS)/bench-functions.md $(ARGS)

bench-hub: ## measure the hub and write artifacts/bench-hub.md (ARGS=--quick for a short run)
	@tests/deps.sh postgres mosquitto git
	$(DOTNET) build tests/EdgeOperator.Benchmarks -c Release -v quiet -clp:NoSummary
	@$(MAKE) --no-print-directory $(ARTIFACTS)/linux-x64/edgeop-hub $(ARTIFACTS)/linux-x64/edgeop
	$(DOTNET) run --project tests/EdgeOperator.Benchmarks -c Release --no-build -- hub --edgeop $(ARTIFACTS)/linux-x64/edgeop-hub --output $(ARTIFACTS)/bench-hub.md $(ARGS)

.PHONY: bench-fleet
bench-fleet: ## measure fleets: the rollout engine, plans over a fleet, artifacts; writes artifacts/bench-fleet.md (ARGS=--quick for a short run)
	@tests/deps.sh nginx curl openssl
	$(DOTNET) build tests/EdgeOperator.Benchmarks -c Release -v quiet -clp:NoSummary
	@$(MAKE) --no-print-directory $(HUB_BIN)
	$(DOTNET) run --project tests/EdgeOperator.Benchmarks -c Release --no-build -- fleet --edgeop $(HUB_BIN) --output $(ARTIFACTS)/bench-fleet.md $(ARGS)

bench-vm: ## measure virtual machines and write artifacts/bench-vm.md (ARGS=--quick for a short run)
	@tests/deps.sh qemu-system-x86_64 $(GUEST_TOOLS)
	$(DOTNET) build tests/EdgeOperator.Benchmarks -c Release -v quiet -clp:NoSummary
	@$(MAKE) --no-print-directory $(ARTIFACTS)/linux-x64/edgeop
	$(DOTNET) run --project tests/EdgeOperator.Benchmarks -c Release --no-build -- vm --edgeop $(ARTIFACTS)/linux-x64/edgeop --output $(ARTIFACTS)/bench-vm.md $(ARGS)

clean: ## remove what was built
	rm -rf $(ARTIFACTS) src/*/bin src/*/obj tests/*/bin tests/*/obj
