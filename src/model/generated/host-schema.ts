/** Generated from schema/ by scripts/generate-types.ts: do not edit. */
export const hostSchema = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://rackops.invalid/schema/host.schema.json",
  "title": "Host",
  "description": "The host's own configuration, `/etc/rackops/host.yaml`: where definitions come from and what they may ask for. It never comes from Git.",
  "type": "object",
  "additionalProperties": false,
  "required": [
    "name",
    "repository"
  ],
  "properties": {
    "apiVersion": {
      "description": "Version of this format.",
      "const": "rackops/v1",
      "examples": [
        "rackops/v1"
      ]
    },
    "kind": {
      "description": "What this file defines.",
      "const": "Host",
      "examples": [
        "Host"
      ]
    },
    "name": {
      "description": "Name of this host in reports.",
      "$ref": "#/$defs/hostName",
      "examples": [
        "web-01"
      ]
    },
    "labels": {
      "description": "What `hosts.labels` of a definition is compared with.",
      "$ref": "#/$defs/labels",
      "default": {},
      "examples": [
        {
          "role": "web"
        }
      ]
    },
    "repository": {
      "description": "The Git repository of the rack definitions.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "url"
      ],
      "properties": {
        "url": {
          "description": "https://, ssh:// or the `user@host:path` form, or a local repository as an absolute path or file://. Credentials go into `auth`.",
          "type": "string",
          "minLength": 1,
          "maxLength": 2048,
          "examples": [
            "https://git.example.org/racks.git"
          ]
        },
        "branch": {
          "description": "Branch that this host follows.",
          "$ref": "#/$defs/branch",
          "default": "main",
          "examples": [
            "main"
          ]
        },
        "path": {
          "description": "Folder of the definitions in the repository.",
          "$ref": "#/$defs/repositoryPath",
          "default": "racks",
          "examples": [
            "racks"
          ]
        },
        "poll": {
          "description": "When to look for new commits: a cron expression of 5 fields, or of 6 with seconds first, in UTC. A random wait of up to half the interval (5 s at most) is added.",
          "$ref": "#/$defs/cron",
          "default": "*/30 * * * * *",
          "examples": [
            "*/30 * * * * *"
          ]
        },
        "timeout": {
          "description": "How long one Git command may take; 1s to 1h.",
          "$ref": "#/$defs/duration",
          "default": "60s",
          "examples": [
            "60s"
          ]
        },
        "auth": {
          "description": "Credentials, as files of root with mode 0600; read again when they change.",
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "tokenFile": {
              "description": "File with the password or token, for https.",
              "$ref": "#/$defs/hostPath",
              "examples": [
                "/etc/rackops/git-token"
              ]
            },
            "usernameFile": {
              "description": "File with the user name, for https.",
              "$ref": "#/$defs/hostPath",
              "examples": [
                "/etc/rackops/git-user"
              ]
            },
            "sshKeyFile": {
              "description": "Private key, for ssh.",
              "$ref": "#/$defs/hostPath",
              "examples": [
                "/etc/rackops/id_ed25519"
              ]
            },
            "knownHostsFile": {
              "description": "The server's host keys, for ssh.",
              "$ref": "#/$defs/hostPath",
              "examples": [
                "/etc/rackops/known_hosts"
              ]
            }
          }
        },
        "verify": {
          "description": "Signatures that commits must carry. Not yet in force: refused, so that nobody believes to be protected.",
          "type": "object",
          "examples": [
            {
              "mode": "head"
            }
          ]
        }
      }
    },
    "root": {
      "description": "Directory of images, trees and writable data.",
      "$ref": "#/$defs/hostPath",
      "default": "/racks",
      "examples": [
        "/racks"
      ]
    },
    "state": {
      "description": "Directory of what the agent remembers.",
      "$ref": "#/$defs/hostPath",
      "default": "/var/lib/rackops",
      "examples": [
        "/var/lib/rackops"
      ]
    },
    "run": {
      "description": "Directory of sockets, runtime bundles and pid files.",
      "$ref": "#/$defs/hostPath",
      "default": "/run/rackops",
      "examples": [
        "/run/rackops"
      ]
    },
    "images": {
      "description": "Where images come from.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "sources": {
          "description": "Directories that are searched for an image file, in order; default: `iso` in `root`. URLs are not yet in force.",
          "type": "array",
          "minItems": 1,
          "maxItems": 16,
          "items": {
            "$ref": "#/$defs/imageSource"
          },
          "examples": [
            [
              "/racks/iso"
            ]
          ]
        },
        "keep": {
          "description": "Images of a rack that stay in the store after a rollout, beside those in use.",
          "type": "integer",
          "minimum": 0,
          "maximum": 1000,
          "default": 3,
          "examples": [
            3
          ]
        },
        "verify": {
          "description": "Signatures that images must carry. Not yet in force: refused, so that nobody believes to be protected.",
          "type": "object",
          "examples": [
            {
              "keys": "/etc/rackops/keys"
            }
          ]
        }
      }
    },
    "supervisor": {
      "description": "Who keeps services running. `systemd` is not yet in force and refused.",
      "enum": [
        "auto",
        "embedded",
        "systemd"
      ],
      "default": "auto",
      "examples": [
        "auto"
      ]
    },
    "runtime": {
      "description": "OCI runtime: `auto` takes crun where it works, else runc; or a program's name.",
      "$ref": "#/$defs/runtime",
      "default": "auto",
      "examples": [
        "runc"
      ]
    },
    "allow": {
      "description": "What a definition may ask for. Git can never widen this.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "mounts": {
          "description": "Directories of which a rack may see something.",
          "type": "array",
          "maxItems": 256,
          "items": {
            "$ref": "#/$defs/hostPath"
          },
          "default": [
            "/home",
            "/var/share"
          ],
          "examples": [
            [
              "/home",
              "/var/share"
            ]
          ]
        },
        "capabilities": {
          "description": "Linux capabilities that a service may have, with or without `CAP_`.",
          "type": "array",
          "maxItems": 41,
          "items": {
            "$ref": "#/$defs/capability"
          },
          "default": [
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "KILL",
            "NET_BIND_SERVICE",
            "SETGID",
            "SETUID"
          ],
          "examples": [
            [
              "NET_BIND_SERVICE",
              "SETUID",
              "SETGID"
            ]
          ]
        },
        "secrets": {
          "description": "Directories of which `fromHostFile` may read.",
          "type": "array",
          "maxItems": 256,
          "items": {
            "$ref": "#/$defs/hostPath"
          },
          "default": [
            "/etc/rackops/secrets"
          ],
          "examples": [
            [
              "/etc/rackops/secrets"
            ]
          ]
        }
      }
    },
    "prune": {
      "description": "Guard against removing racks by mistake.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "max": {
          "description": "Share of this host's racks that one revision may remove without an allowance, in percent; one rack is always allowed, the last one never.",
          "$ref": "#/$defs/percent",
          "default": "50%",
          "examples": [
            "50%"
          ]
        }
      }
    },
    "api": {
      "description": "Read-only web interface. Not yet in force.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "listen": {
          "description": "`address:port` it listens on.",
          "$ref": "#/$defs/listen",
          "examples": [
            "127.0.0.1:9180"
          ]
        }
      }
    }
  },
  "$defs": {
    "hostName": {
      "description": "Letters, digits, dots and hyphens; 63 characters at most.",
      "type": "string",
      "maxLength": 63,
      "pattern": "^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$"
    },
    "labels": {
      "description": "Names and values, both text.",
      "type": "object",
      "maxProperties": 64,
      "propertyNames": {
        "$ref": "#/$defs/labelName"
      },
      "additionalProperties": {
        "$ref": "#/$defs/labelValue"
      }
    },
    "labelName": {
      "description": "Letters, digits and `. _ / -`, beginning with a letter; 63 characters at most.",
      "type": "string",
      "maxLength": 63,
      "pattern": "^[A-Za-z][A-Za-z0-9._/-]*$"
    },
    "labelValue": {
      "description": "Text of 63 characters at most.",
      "type": "string",
      "maxLength": 63
    },
    "branch": {
      "description": "Name of a branch.",
      "type": "string",
      "minLength": 1,
      "maxLength": 200
    },
    "repositoryPath": {
      "description": "Path in the repository, without `.`, `..` and empty parts.",
      "type": "string",
      "minLength": 1,
      "maxLength": 1024,
      "pattern": "^[^/]"
    },
    "hostPath": {
      "description": "Absolute path on the host, without `.`, `..` and empty parts.",
      "type": "string",
      "maxLength": 4095,
      "pattern": "^/"
    },
    "imageSource": {
      "description": "Absolute path of a directory on the host.",
      "type": "string",
      "minLength": 1,
      "maxLength": 2048
    },
    "runtime": {
      "description": "`auto`, or the name of an OCI runtime that is installed.",
      "type": "string",
      "maxLength": 64,
      "pattern": "^[a-z][a-z0-9._-]*$"
    },
    "duration": {
      "description": "A number with its unit: `ms`, `s`, `m` or `h`.",
      "type": "string",
      "maxLength": 16,
      "pattern": "^[0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h)$"
    },
    "cron": {
      "description": "A cron expression.",
      "type": "string",
      "minLength": 1,
      "maxLength": 128
    },
    "percent": {
      "description": "A whole number from 0 to 100 with `%`.",
      "type": "string",
      "maxLength": 4,
      "pattern": "^(100|[0-9]{1,2})%$"
    },
    "capability": {
      "description": "Name of a Linux capability, with or without `CAP_`.",
      "type": "string",
      "maxLength": 40,
      "pattern": "^(CAP_)?[A-Z][A-Z_]*$"
    },
    "listen": {
      "description": "`address:port`; IPv6 in brackets.",
      "type": "string",
      "maxLength": 64,
      "pattern": "^([0-9.]{7,15}|\\[[0-9A-Fa-f:.]{2,45}\\]):[0-9]{1,5}$"
    }
  }
};
