"""The platforms' stand-ins for the demo and the tests: WeChat's servers and a patient's phone."""
