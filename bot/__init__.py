"""随诊 (Suizhen): a hospital's assistant inside WeChat and Alipay."""
