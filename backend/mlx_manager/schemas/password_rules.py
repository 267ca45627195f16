"""Which passwords are refused: short ones, and long ones that everybody tries first."""

MINIMUM_LENGTH = 12
_FEWEST_DISTINCT = 5

_COMMON = frozenset(
    """
    123456789012 1234567890123 12345678901234 123456789123 1234567891011 012345678910
    111222333444 123123123123 123456123456 123456654321 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc
    1qaz2wsx3edc4rfv q1w2e3r4t5y6 qwertyuiop12 qwertyuiop123 qwertyuiopas qwerty123456
    qwertyqwerty qwerty1234567 qwertyuiop[] asdfghjkl123 asdfghjklqwe zxcvbnm12345 zxcvbnmasdfg
    abc123abc123 abcd1234abcd abcdefghijkl abcdefghijklm abcdefgh1234 abcdefg12345 a1b2c3d4e5f6
    password1234 password12345 password123456 passwordpassword password123! password1234!
    password@123 passw0rd1234 p@ssw0rd1234 p@ssword1234 mypassword123 mypassword1 newpassword1
    changeme1234 changemenow1 changemeplease change_me_in_production letmein12345 letmeinletmein
    letmeinplease administrator administrator1 adminadmin12 adminadminadmin admin1234567
    admin12345678 rootrootroot1 rootroot1234 welcome12345 welcomewelcome welcome123456
    iloveyou1234 iloveyou12345 iloveyouforever iloveyousomuch iloveyouiloveyou sunshine1234
    princess1234 football1234 baseball1234 superman1234 batman123456 dragon123456 monkey123456
    master123456 starwars1234 michael12345 jennifer1234 charlie12345 computer1234 internet1234
    whatever1234 trustno1trustno1 correcthorsebatterystaple correct horse battery staple
    secretsecret secret123456 supersecret1 supersecret12 supersecret123 test12345678 testtesttest
    testtest1234 testpassword testpassword1 thisisapassword loveyouforever qazwsxedcrfv
    qazwsxedc123 zaq12wsxcde3 mlx-manager1 mlx-manager12 mlxmanager12 mlxmanager123
    """.split()
) | {"correct horse battery staple"}


def check_password(password: str) -> str:
    """Return ``password`` unchanged, or raise ``ValueError`` with what to choose instead."""
    if len(password) < MINIMUM_LENGTH:
        raise ValueError(f"choose a password of at least {MINIMUM_LENGTH} characters")
    if len(set(password)) < _FEWEST_DISTINCT:
        raise ValueError("this password repeats a few characters; choose a less regular one")
    if password.casefold() in _COMMON:
        raise ValueError("this password is among the first that are tried; choose another one")
    return password
