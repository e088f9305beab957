"""``python -m bot.sandbox --port N --webhook URL``: the stand-in alone, in front of any server (WECHAT_* as there)."""

import click
from flask import Flask
from werkzeug.serving import make_server

from bot.clock import DemoClock
from bot.sandbox.app import create_sandbox
from bot.settings import load


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--webhook", required=True, metavar="URL", help="where the account's messages go")
def main(port: int, webhook: str) -> None:
    """Serve the WeChat stand-in and the phone page on 127.0.0.1."""
    settings = load()
    if not settings.wechat_app_id or (settings.wechat_mode != "plain" and not settings.wechat_aes_key):
        raise click.UsageError(
            "set WECHAT_APP_ID, WECHAT_SECRET, WECHAT_TOKEN and WECHAT_AES_KEY as the server has them"
        )
    app = Flask("sandbox", static_folder=None)
    for part in create_sandbox(settings, DemoClock(settings.data_dir / "clock.json"), webhook):
        app.register_blueprint(part)
    server = make_server("127.0.0.1", port, app, threaded=True)
    click.echo(f"phone: http://127.0.0.1:{server.port}/phone")
    server.serve_forever()


if __name__ == "__main__":
    main()
