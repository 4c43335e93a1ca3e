#!/usr/bin/env bash
# Puts there what the tests need and npm cannot bring: swaks, curl, Dovecot and Python from the
# system's packages, MiniStack, cfn-lint and the AWS SAM command line in .venv. Running it again is quick.
# A person is asked before system packages are installed; with CI=true nobody is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'test:setup: %s\n' "$*"; }
fail() {
  printf 'test:setup: %s\n' "$*" >&2
  exit 1
}

missing_packages() {
  command -v swaks >/dev/null || echo swaks
  command -v curl >/dev/null || echo curl
  # The tests start a Dovecot of their own and never talk to the system's.
  [ -x /usr/lib/dovecot/imap ] || echo dovecot-imapd
  [ -x /usr/lib/dovecot/pop3 ] || echo dovecot-pop3d
  # Debian ships venv without ensurepip until python3-venv is there.
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Debian starts a server as soon as its package is there, and the tests start a Dovecot of their own:
# dpkg is told that nothing may be started, unless somebody here has told it something already.
policy=/usr/sbin/policy-rc.d
forbid_services() {
  if [ -e "$policy" ]; then return; fi
  trap 'as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}

install_packages() {
  local packages=("$@")
  command -v apt-get >/dev/null || fail "please install ${packages[*]} with this system's package manager, then run this again"
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || fail "no sudo here; as root, run: apt-get install ${packages[*]}"
  if [ "${CI:-}" != true ]; then
    [ -t 0 ] || fail "nobody to ask; run: apt-get install ${packages[*]} (or set CI=true to install without asking)"
    read -r -p "Install the Debian packages ${packages[*]}? [y/N] " answer
    case $answer in
      [yY]*) ;;
      *)
        say "left out ${packages[*]}; the tests that need them will be left out too"
        return
        ;;
    esac
  fi
  as_root apt-get update -qq
  forbid_services
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
  case " ${packages[*]} " in
    *' dovecot-'*) say 'Dovecot was not started as a service; so that the next start of this machine does not either: systemctl disable dovecot' ;;
  esac
}

# Makes a virtual environment that holds exactly one requirements file.
prepare_venv() {
  local venv=$1 requirements=$2
  # The mark is written last: a run that was broken off leaves none and is repeated. A folder that
  # was moved has scripts that point to its old place, so the place belongs to the mark.
  local wanted
  wanted="$PWD $(cat "$requirements")"
  if [ "$(cat "$venv/installed" 2>/dev/null)" = "$wanted" ]; then
    say "$venv is up to date"
    return
  fi
  say "$venv: installing $requirements"
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  printf '%s\n' "$wanted" >"$venv/installed"
}

missing=$(missing_packages)
# shellcheck disable=SC2086 # One word for each package.
if [ -n "$missing" ]; then install_packages $missing; fi
python3 -c 'import ensurepip, venv' 2>/dev/null || fail 'Python 3 with venv is missing, so .venv cannot be made'
prepare_venv .venv test/support/local-aws/requirements.txt
prepare_venv .venv/sam test/sam/requirements.txt
say 'everything is there'
