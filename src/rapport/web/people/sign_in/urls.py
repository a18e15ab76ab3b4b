"""The addresses of sign-in. Of allauth's pages only those listed here exist."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from rapport.web.core.pages import Anyone, Entering, EverybodyHere, page
from rapport.web.people.sign_in import views

BOTH = ("GET", "POST")
WAY_IN = Anyone(why="signing in")
SECOND_STEP = Anyone(why="the second step of signing in; without the first it leads back there")
SET_UP = Entering(why="setting up what one signs in with")
OWN = EverybodyHere(why="looking after one's own way in")

urlpatterns = [
    path("", page(account.login, may=WAY_IN, methods=BOTH), name="account_login"),
    path("passkey/", page(passkeys.login_webauthn, may=WAY_IN, methods=BOTH),
         name="mfa_login_webauthn"),
    path("code/", page(mfa.authenticate, may=SECOND_STEP, methods=BOTH), name="mfa_authenticate"),
    path("link/<str:token>/", page(views.enter, may=WAY_IN, methods=BOTH), name="enter"),
    path("closed/", page(account.account_inactive, may=WAY_IN), name="account_inactive"),
    path("out/", page(account.logout, may=SET_UP, methods=BOTH), name="account_logout"),
    path("set-up/", page(views.set_up, may=SET_UP), name="set_up"),
    path("set-up/password/", page(account.password_set, may=SET_UP, methods=BOTH),
         name="account_set_password"),
    path("set-up/code/", page(totp.activate_totp, may=SET_UP, methods=BOTH),
         name="mfa_activate_totp"),
    path("set-up/passkey/", page(passkeys.add_webauthn, may=SET_UP, methods=BOTH),
         name="mfa_add_webauthn"),
    path("again/", page(account.reauthenticate, may=SET_UP, methods=BOTH),
         name="account_reauthenticate"),
    path("again/code/", page(mfa.reauthenticate, may=SET_UP, methods=BOTH),
         name="mfa_reauthenticate"),
    path("again/passkey/", page(passkeys.reauthenticate_webauthn, may=SET_UP, methods=BOTH),
         name="mfa_reauthenticate_webauthn"),
    path("mine/", page(mfa.index, may=OWN), name="mfa_index"),
    path("mine/password/", page(account.password_change, may=OWN, methods=BOTH),
         name="account_change_password"),
    path("mine/code/remove/", page(totp.deactivate_totp, may=OWN, methods=BOTH),
         name="mfa_deactivate_totp"),
    path("mine/passkeys/", page(passkeys.list_webauthn, may=OWN), name="mfa_list_webauthn"),
    path("mine/passkeys/<int:pk>/remove/", page(passkeys.remove_webauthn, may=OWN, methods=BOTH),
         name="mfa_remove_webauthn"),
    path("mine/recovery/", page(codes.view_recovery_codes, may=OWN),
         name="mfa_view_recovery_codes"),
    path("mine/recovery/new/", page(codes.generate_recovery_codes, may=OWN, methods=BOTH),
         name="mfa_generate_recovery_codes"),
]  # fmt: skip
