"""What staff do about themselves: a new password, the authenticator app, the confidentiality agreement (R44)."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.domain.staff import AGREEMENT, Viewer
from bot.services.staff import codes as totp
from bot.services.staff import oneself
from bot.services.staff.oneself import PasswordResult
from bot.web.console.console import Console
from bot.web.console.pages import PREFIX, Stage
from bot.web.console.problems import Problem
from bot.web.console.render import render

_WORDS = {
    PasswordResult.WRONG: "现在的密码不对。",
    PasswordResult.SHORT: "新密码至少 12 个字符。可以用几个不相干的词连起来。",
    PasswordResult.LONG: "新密码最多 128 个字符。",
    PasswordResult.GUESSABLE: "这个密码太容易被猜到。请避开姓名、工号、生日、键盘顺序和常见词。",
    PasswordResult.SAME: "新密码不能和现在的一样。",
}


def install(console: Console) -> None:
    @console.opened("/password", Stage.KNOWN, "GET", "POST", title="修改密码")
    def password(me: Viewer) -> ResponseReturnValue:
        if request.method == "GET":
            return render("password.html")
        new = request.form.get("new", "")
        if new != request.form.get("repeated", ""):
            return render("password.html", words="两次输入的新密码不一样。", status=422)
        if not console.throttle.allows(f"password:{me.session_id}", 10, 600):
            raise Problem(429)
        result = oneself.change_password(console.db, me, request.form.get("old", ""), new, console.real.now())
        if result is not PasswordResult.CHANGED:
            return render("password.html", words=_WORDS[result], status=422)
        return console.go(f"{PREFIX}/", "good", "密码已修改。")

    @console.opened("/codes", Stage.KNOWN, "GET", "POST", title="手机验证码")
    def codes(me: Viewer) -> ResponseReturnValue:
        if me.has_totp:
            return render("codes.html", secret="")
        secret = totp.offered(console.db.keys, me.session_id, me.staff_no)
        if request.method == "POST":
            if oneself.set_up_codes(console.db, me, secret, request.form.get("code", ""), console.real.now()):
                return console.go(f"{PREFIX}/", "good", "手机验证码已启用。下次登录时会用到。")
            return _qr(me, secret, "验证码不对。请看手机上现在显示的 6 位数字。", 422)
        return _qr(me, secret)

    @console.opened("/agreement", Stage.KNOWN, "GET", "POST", title="保密协议")
    def agreement(me: Viewer) -> ResponseReturnValue:
        if request.method == "GET":
            return render("agreement.html", edition=AGREEMENT)
        if request.form.get("agree") != AGREEMENT:
            return render(
                "agreement.html", edition=AGREEMENT, words="请先勾选「我已阅读并承诺遵守」。", status=422
            )
        oneself.sign_agreement(console.db, me, console.real.now())
        return console.go(f"{PREFIX}/", "good", "已签署保密协议。")

    def _qr(me: Viewer, secret: str, words: str = "", status: int = 200) -> ResponseReturnValue:
        import segno  # wanted once by everybody, and slow to import

        code = segno.make(totp.uri(secret, me.staff_no), error="m", micro=False)
        picture = code.svg_inline(scale=5, border=2, light="#fff")
        return render("codes.html", secret=secret, picture=picture, words=words, status=status)
