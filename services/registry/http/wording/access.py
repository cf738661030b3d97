"""Refusals about who may do what."""

from collections.abc import Mapping

from services.registry.domain.codes import Code
from shared.runtime.wording import Entry, entry

WORDINGS: Mapping[Code, Entry] = {
    "account_disabled": entry(
        403,
        "Akun ini dinonaktifkan.",
        "Hubungi administrator kantor.",
        "This account is disabled.",
        "Ask an administrator of the office.",
    ),
    "grant_scope": entry(
        422,
        "Wilayah ini tidak cocok dengan perannya.",
        "Untuk peran ini isi wilayah tingkat: {levels} (kode seperti 32.76; ID untuk nasional).",
        "This region doesn't fit the role.",
        "For this role give a region of the level: {levels} (a code like 32.76; ID for the nation).",
    ),
    "locked_out": entry(
        429,
        "Terlalu banyak kata sandi yang salah untuk akun ini.",
        "Tunggu {seconds} detik, lalu coba lagi; bila lupa, mintalah kata sandi baru kepada administrator.",
        "Too many wrong passwords for this account.",
        "Wait {seconds} seconds and try again; if it is forgotten, ask an administrator for a new one.",
    ),
    "login_taken": entry(
        409,
        "Nama akun ini sudah dipakai.",
        "Pilih nama lain, atau ubah akun yang sudah ada.",
        "There is an account of this name.",
        "Choose another name, or change the existing account.",
    ),
    "no_account": entry(
        403,
        "Belum ada akun untuk identitas ini, dan pengaturan tidak memberinya peran.",
        "Mintalah administrator kantor memberi peran kepada identitas ini.",
        "There is no account for this identity, and the settings give it no role.",
        "Ask an administrator of the office to give this identity a role.",
    ),
    "organisation_missing": entry(
        422,
        "Peran ini berlaku untuk satu instansi, dan instansinya belum disebut.",
        "Isi organisation_id.",
        "This role is of one organisation, and none was named.",
        "Give organisation_id.",
    ),
    "organisation_unwanted": entry(
        422,
        "Peran ini tidak terikat pada satu instansi.",
        "Kosongkan organisation_id.",
        "This role isn't of one organisation.",
        "Leave organisation_id out.",
    ),
    "outside_scope": entry(
        403,
        "Data ini di luar wilayah atau instansi yang dipercayakan kepada Anda.",
        "Periksa kodenya, atau mintalah administrator kantor memperluas wilayah peran Anda.",
        "This lies outside the region or organisation entrusted to you.",
        "Check the code, or ask an administrator of the office to widen the scope of your role.",
    ),
    "own_account": entry(
        403,
        "Hak akun sendiri tidak dapat diubah sendiri.",
        "Mintalah administrator lain melakukannya.",
        "Nobody changes the rights of their own account.",
        "Ask another administrator to do it.",
    ),
    "password_easy": entry(
        422,
        "Kata sandi ini terlalu mudah ditebak.",
        "Jangan memakai nama akun atau satu huruf yang diulang; beberapa kata acak sudah baik.",
        "This password is too easy to guess.",
        "Don't use the account's name or one repeated letter; a few random words do well.",
    ),
    "password_short": entry(
        422,
        "Kata sandi kurang dari {least} huruf.",
        "Pakai {least} huruf atau lebih; beberapa kata acak sudah baik.",
        "The password has fewer than {least} characters.",
        "Use {least} or more; a few random words do well.",
    ),
    "password_wrong": entry(
        403,
        "Kata sandi yang sekarang tidak benar.",
        "Ketik kata sandi yang dipakai untuk masuk.",
        "The present password is not right.",
        "Type the password you sign in with.",
    ),
    "role_unknown": entry(
        422,
        "Peran ini tidak dikenal.",
        "Pilih salah satu: {roles}.",
        "There is no such role.",
        "One of: {roles}.",
    ),
    "sso_away": entry(
        503,
        "Penyedia SSO tidak menjawab sebagaimana mestinya.",
        "Coba lagi sebentar lagi; pengelola dapat memeriksa BERSINAR_OIDC_ISSUER.",
        "The SSO provider does not answer as it should.",
        "Try again in a moment; whoever runs the node can check BERSINAR_OIDC_ISSUER.",
    ),
    "sso_refused": entry(
        403,
        "Masuk dengan SSO tidak dapat dibuktikan.",
        "Mulailah sekali lagi dari halaman masuk.",
        "Signing in with SSO could not be proven.",
        "Begin once more at the sign-in page.",
    ),
    "sso_unset": entry(
        404,
        "SSO belum diatur di simpul ini.",
        "Masuklah dengan nama akun dan kata sandi.",
        "SSO is not set up on this node.",
        "Sign in with an account and its password.",
    ),
    "sign_in_wrong": entry(
        401,
        "Nama akun atau kata sandi tidak benar.",
        "Periksa keduanya; sesudah beberapa kali salah, akun terkunci sebentar.",
        "The account's name or the password is not right.",
        "Check both; after a few wrong tries the account is locked for a while.",
    ),
}
