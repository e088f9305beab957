"""SMS: one interface, three gateways behind it (the sandbox's, Tencent Cloud's, Alibaba Cloud's)."""
