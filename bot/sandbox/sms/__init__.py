"""An SMS operator on this machine: one set of rules, three doors (the sandbox's own, Tencent's, Alibaba's)."""
