"""What a scene can hold: 24 kinds of thing, each a few strokes of the pen in its own frame (x right, y down, -1..1)."""

import math


def sailboat(p):
    top, boom = p.vary(-0.98, -0.85), p.vary(0.3, 0.42)
    p.line('wood', 0.07, (0.02, 0.6), (0.02, top))
    p.poly('main', (0.1, top + 0.06), (0.1, boom), (p.vary(0.72, 0.9), boom))
    p.poly('light', (-0.06, top + 0.2), (-0.06, boom), (-p.vary(0.55, 0.75), boom))
    p.poly('main', (-0.92, 0.5), (0.95, 0.5), (p.vary(0.55, 0.7), 0.95), (-p.vary(0.5, 0.65), 0.95))
    p.poly('white', (-0.86, 0.6), (0.88, 0.6), (0.84, 0.68), (-0.8, 0.68))


def house(p):
    eave, ridge = p.vary(-0.2, 0.0), p.vary(-0.95, -0.75)
    p.rect('trim', 0.35, ridge + 0.02, 0.55, eave)
    p.rect('main', -0.75, eave, 0.75, 0.95)
    p.poly('dark', (-0.95, eave + 0.03), (p.vary(-0.15, 0.15), ridge), (0.95, eave + 0.03))
    door = p.vary(-0.15, 0.15)
    p.rect('wood', door - 0.15, 0.38, door + 0.15, 0.95)
    for x in (-0.48, 0.48):
        p.rect('white', x - 0.19, eave + 0.16, x + 0.19, eave + 0.56)
        p.rect('glass', x - 0.14, eave + 0.21, x + 0.14, eave + 0.51)
        p.rect('white', x - 0.02, eave + 0.21, x + 0.02, eave + 0.51)


def tree(p):
    p.poly('wood', (-0.13, 0.0), (0.13, 0.0), (0.2, 0.98), (-0.2, 0.98))
    p.line('wood', 0.09, (0.0, 0.4), (0.35, 0.05))
    for x, y, r in ((-0.45, -0.05, 0.4), (0.45, -0.05, 0.4), (-0.3, -0.5, 0.4), (0.32, -0.48, 0.4), (0, -0.62, 0.36),
                    (0, -0.2, 0.5)):
        p.disc('main', x + p.vary(-0.08, 0.08), y + p.vary(-0.06, 0.06), r * p.vary(0.9, 1.1))
    for _ in range(5):
        p.disc('light', p.vary(-0.6, 0.5), p.vary(-0.75, 0.05), 0.09, 0.06)
        p.disc('dark', p.vary(-0.5, 0.6), p.vary(-0.55, 0.15), 0.09, 0.06)


def cat(p):
    lean = p.vary(-0.05, 0.1)
    p.line('main', 0.16, (0.4, 0.85), (0.78, 0.7), (0.82, 0.3), (0.68, p.vary(-0.1, 0.1)))
    p.disc('main', 0.05, 0.5, 0.5, 0.5)
    p.disc('main', 0.05, 0.2, 0.34, 0.45)
    p.disc('light', 0.0, 0.42, 0.22, 0.34)
    for x in (-0.22, 0.22):
        p.disc('main', x, 0.9, 0.2, 0.1)
        p.poly('main', (lean + 1.9 * x - 0.1, -0.35), (lean + 2.05 * x, -1.0), (lean + 0.4 * x, -0.62))
        p.poly('light', (lean + 1.75 * x, -0.5), (lean + 1.9 * x, -0.85), (lean + 1.0 * x, -0.62))
    p.disc('main', lean, -0.3, 0.5, 0.42)
    for x in (-0.2, 0.2):
        p.disc('glow', lean + x, -0.36, 0.12, 0.12)
        p.disc('black', lean + x, -0.36, 0.05, 0.11)
        p.line('black', 0.02, (lean + 0.6 * x, -0.14), (lean + 3.2 * x, -0.2))
        p.line('black', 0.02, (lean + 0.6 * x, -0.11), (lean + 3.2 * x, -0.04))
    p.poly('trim', (lean - 0.08, -0.2), (lean + 0.08, -0.2), (lean, -0.11))


def fish(p):
    depth = p.vary(0.4, 0.52)
    p.poly('dark', (0.45, 0.0), (0.98, -0.5), (0.86, 0.0), (0.98, 0.5))
    p.poly('dark', (-0.25, -0.3), (0.1, -depth - 0.34), (0.38, -0.2))
    p.poly('dark', (-0.1, 0.3), (0.15, depth + 0.24), (0.3, 0.2))
    p.disc('main', -0.15, 0.0, 0.78, depth)
    for x in (-0.25, 0.05, 0.33)[:p.rng.randint(1, 4)]:
        p.disc('light', x, 0.0, 0.06, depth * 0.75)
    p.line('dark', 0.04, (-0.52, -0.25), (-0.45, 0.0), (-0.52, 0.25))
    p.disc('white', -0.66, -0.1, 0.12)
    p.disc('black', -0.68, -0.1, 0.06)
    p.line('black', 0.03, (-0.9, 0.1), (-0.75, 0.14))


def bird(p):
    p.line('glow', 0.05, (-0.05, 0.5), (-0.08, 0.95), (-0.22, 0.95))
    p.line('glow', 0.05, (0.15, 0.5), (0.14, 0.95), (0.0, 0.95))
    p.poly('dark', (0.4, 0.05), (1.0, p.vary(-0.35, -0.1)), (0.95, 0.12), (0.5, 0.4))
    p.disc('main', 0.05, 0.2, 0.58, 0.42, tilt=-0.15)
    p.poly('glow', (-0.7, -0.5), (-1.05, -0.36), (-0.7, -0.3))
    p.disc('main', -0.45, -0.4, 0.34)
    p.disc('light', -0.15, 0.34, 0.32, 0.2, tilt=0.3)
    p.disc('dark', 0.22, 0.12, 0.4, 0.2, tilt=p.vary(-0.35, 0.1))
    p.disc('white', -0.54, -0.46, 0.1)
    p.disc('black', -0.56, -0.46, 0.06)


def balloon(p):
    neck = p.vary(0.3, 0.38)
    for x in (-0.2, 0.2):
        p.line('wood', 0.03, (1.5 * x, neck), (0.7 * x, 0.75))
    p.disc('main', 0.0, -0.32, 0.7, 0.66)
    p.poly('main', (-0.6, 0.0), (0.6, 0.0), (0.2, neck + 0.12), (-0.2, neck + 0.12))
    p.disc('light', 0.0, -0.3, 0.46, 0.66)
    p.disc('main', 0.0, -0.3, 0.24, 0.66)
    p.poly('light', (-0.4, 0.02), (0.4, 0.02), (0.13, neck + 0.12), (-0.13, neck + 0.12))
    p.poly('main', (-0.2, 0.02), (0.2, 0.02), (0.06, neck + 0.12), (-0.06, neck + 0.12))
    p.poly('wood', (-0.2, 0.7), (0.2, 0.7), (0.15, 0.98), (-0.15, 0.98))
    p.rect('black', -0.22, 0.68, 0.22, 0.74)


def umbrella(p):
    rim = p.vary(0.0, 0.1)
    p.line('wood', 0.06, (0, -0.9), (0, 0.82), (0.1, 0.95), (0.24, 0.92), (0.28, 0.78))
    p.disc('main', 0.0, rim, 0.98, 0.85, part=(0.5, 1.0))
    p.disc('dark', 0.0, rim, 0.62, 0.85, part=(0.5, 1.0))
    p.disc('main', 0.0, rim, 0.28, 0.85, part=(0.5, 1.0))
    for x, r in ((-0.8, 0.18), (-0.45, 0.17), (0.0, 0.28), (0.45, 0.17), (0.8, 0.18)):
        p.disc('dark' if abs(x) == 0.45 else 'main', x, rim, r, 0.09)
    p.line('trim', 0.05, (0, rim - 0.84), (0, -0.98))


def car(p):
    roof, front = p.vary(-0.5, -0.38), p.vary(0.42, 0.55)
    p.poly('main', (-0.65, -0.02), (-0.42, roof), (0.25, roof), (front, 0.0))
    p.poly('glass', (-0.5, -0.02), (-0.34, roof + 0.1), (-0.08, roof + 0.1), (-0.08, -0.02))
    p.poly('glass', (0.0, -0.02), (0.0, roof + 0.1), (0.22, roof + 0.1), (front - 0.12, -0.02))
    p.poly('main', (-0.98, 0.05), (-0.9, -0.04), (0.55, -0.04), (0.92, 0.08), (0.98, 0.45), (-0.98, 0.45))
    p.rect('dark', -0.98, 0.34, 0.98, 0.46)
    p.disc('glow', 0.9, 0.18, 0.09)
    p.rect('metal', -0.12, 0.08, 0.02, 0.12)
    for x in (-0.55, 0.55):
        p.disc('black', x, 0.48, 0.27)
        p.disc('metal', x, 0.48, 0.13)


def bus(p):
    top = p.vary(-0.72, -0.58)
    p.rect('main', -0.98, top, 0.98, 0.5)
    p.rect('white', -0.98, top + 0.62, 0.98, top + 0.7)
    p.rect('dark', -0.98, 0.38, 0.98, 0.52)
    panes = p.rng.randint(4, 6)
    for k in range(panes):
        left = -0.9 + 1.42 * k / panes
        p.rect('glass', left, top + 0.14, left + 1.42 / panes - 0.08, top + 0.52)
    p.rect('glass', 0.62, top + 0.14, 0.92, 0.36)
    p.line('black', 0.03, (0.77, top + 0.14), (0.77, 0.36))
    for x in (-0.58, 0.5):
        p.disc('black', x, 0.52, 0.24)
        p.disc('metal', x, 0.52, 0.11)


def bicycle(p):
    r = p.vary(0.4, 0.45)
    for x in (-0.54, 0.54):
        p.ring('black', x, 0.38, r, 0.09)
        for k in range(4):
            u, v = 0.9 * r * math.cos(k * math.pi / 4), 0.9 * r * math.sin(k * math.pi / 4)
            p.line('metal', 0.02, (x - u, 0.38 - v), (x + u, 0.38 + v))
    seat, bar = (-0.22, -0.28), (0.36, -0.32)
    p.line('main', 0.13, (-0.54, 0.38), (-0.02, 0.38), seat, (-0.54, 0.38))
    p.line('main', 0.13, seat, bar, (-0.02, 0.38))
    p.line('main', 0.13, (0.54, 0.38), (0.32, -0.5))
    p.line('black', 0.08, (0.18, -0.58), (0.34, -0.52), (0.5, -0.6))
    p.line('black', 0.13, (-0.42, -0.4), (-0.14, -0.38))
    p.disc('metal', -0.02, 0.38, 0.1)


def airplane(p):
    p.poly('main', (0.5, -0.1), (0.78, -0.62), (0.98, -0.62), (0.9, 0.0))
    p.poly('light', (-0.1, -0.1), (0.15, -0.55), (0.3, -0.55), (0.25, -0.1))
    p.disc('main', 0.0, 0.0, 0.98, 0.24)
    p.disc('glass', -0.78, -0.06, 0.14, 0.09)
    for k in range(5):
        p.disc('white', -0.45 + 0.22 * k, -0.06, 0.06)
    p.poly('dark', (-0.25, 0.05), (0.22, 0.05), (0.62, p.vary(0.55, 0.75)), (0.34, p.vary(0.6, 0.75)))
    p.poly('dark', (0.62, 0.0), (0.85, 0.0), (1.0, 0.24), (0.84, 0.24))


def rocket(p):
    p.poly('glow', (-0.2, 0.55), (0.2, 0.55), (p.vary(-0.06, 0.06), 1.0))
    p.poly('trim', (-0.22, 0.15), (-0.62, 0.62), (-0.5, 0.78), (-0.2, 0.58))
    p.poly('trim', (0.22, 0.15), (0.62, 0.62), (0.5, 0.78), (0.2, 0.58))
    p.poly('main', (0.0, -0.98), (0.2, -0.68), (0.3, -0.25), (0.3, 0.2), (0.2, 0.62), (-0.2, 0.62), (-0.3, 0.2),
           (-0.3, -0.25), (-0.2, -0.68))
    p.poly('trim', (0.0, -0.98), (0.2, -0.68), (-0.2, -0.68))
    p.disc('metal', 0.0, -0.3, 0.2)
    p.disc('glass', 0.0, -0.3, 0.14)
    p.rect('dark', -0.27, 0.28, 0.27, 0.36)


def mushroom(p):
    cap = p.vary(0.05, 0.18)
    p.poly('cream', (-0.2, 0.0), (0.2, 0.0), (0.3, 0.92), (-0.3, 0.92))
    p.disc('cream', 0.0, 0.9, 0.3, 0.09)
    p.disc('main', 0.0, cap, 0.95, p.vary(0.85, 1.0), part=(0.5, 1.0))
    p.disc('cream', 0.0, cap, 0.95, 0.12, part=(0.0, 0.5))
    for x, y, r in ((-0.5, -0.22, 0.13), (0.05, -0.5, 0.17), (0.52, -0.2, 0.12), (-0.08, -0.12, 0.1),
                    (0.32, -0.02, 0.07)):
        p.disc('white', x + p.vary(-0.06, 0.06), y + p.vary(-0.05, 0.05), r, r * 0.85)


def flower(p):
    petals, reach = p.rng.randint(5, 9), p.vary(0.36, 0.42)
    p.line('leaf', 0.08, (0.0, -0.3), (p.vary(-0.08, 0.08), 0.4), (0.0, 0.98))
    p.disc('leaf', 0.26, 0.6, 0.28, 0.1, tilt=-0.5)
    p.disc('leaf', -0.26, 0.72, 0.28, 0.1, tilt=0.5)
    for k in range(petals):
        turn = 2 * math.pi * k / petals
        x, y = reach * math.cos(turn), reach * math.sin(turn) - 0.36
        p.disc('main' if k % 2 else 'light', x, y, 0.3, 1.1 / petals, tilt=turn)
        p.disc('main', x, y, 0.26, 0.95 / petals, tilt=turn)
    p.disc('wood' if p.rng.randint(2) else 'glow', 0.0, -0.36, 0.2)


def butterfly(p):
    spread = p.vary(0.95, 1.1)
    for s in (-1, 1):
        p.poly('main', (0.0, -0.1), (s * 0.5 * spread, -0.85), (s * 0.9 * spread, -0.72), (s * 0.85 * spread, -0.2),
               (s * 0.45, 0.12), (0.0, 0.1))
        p.poly('dark', (0.0, 0.05), (s * 0.5, 0.1), (s * 0.78, 0.4), (s * 0.6, 0.8), (s * 0.3, 0.75))
        p.disc('light', s * 0.58 * spread, -0.48, 0.16)
        p.disc('light', s * 0.48, 0.42, 0.12)
        p.line('black', 0.03, (0.0, -0.4), (s * 0.16, -0.72), (s * 0.26, -0.8))
    p.disc('black', 0.0, 0.05, 0.09, 0.52)
    p.disc('black', 0.0, -0.45, 0.11)


def kite(p):
    side, low = p.vary(0.5, 0.62), p.vary(0.25, 0.38)
    p.line('black', 0.04, (0.0, low), (0.2, 0.5), (-0.05, 0.68), (0.2, 0.84), (0.05, 0.98))
    for x, y in ((0.14, 0.56), (0.08, 0.78), (0.1, 0.94)):
        p.poly('trim', (x - 0.16, y - 0.08), (x + 0.16, y + 0.08), (x + 0.16, y - 0.08), (x - 0.16, y + 0.08))
    p.poly('main', (0.0, -0.98), (side, -0.4), (0.0, low), (-side, -0.4))
    p.poly('light', (0.0, -0.98), (side, -0.4), (0.0, -0.4))
    p.poly('light', (0.0, low), (-side, -0.4), (0.0, -0.4))
    p.line('wood', 0.04, (0.0, -0.98), (0.0, low))
    p.line('wood', 0.04, (-side, -0.4), (side, -0.4))


def lighthouse(p):
    foot = p.vary(0.36, 0.46)
    p.poly('metal', (-0.75, 0.98), (-0.5, 0.82), (0.5, 0.82), (0.75, 0.98))
    p.poly('main', (-0.22, -0.5), (0.22, -0.5), (foot, 0.86), (-foot, 0.86))
    for y in (-0.28, 0.16, 0.56):
        a, b = (0.22 + (foot - 0.22) * (h + 0.5) / 1.36 for h in (y, y + 0.18))
        p.poly('white', (-a, y), (a, y), (b, y + 0.18), (-b, y + 0.18))
    p.rect('black', -0.32, -0.56, 0.32, -0.48)
    p.rect('glow', -0.17, -0.78, 0.17, -0.56)
    p.line('black', 0.04, (0.0, -0.78), (0.0, -0.56))
    p.poly('trim', (-0.24, -0.76), (0.24, -0.76), (0.0, -1.0))
    p.rect('black', -0.09, 0.66, 0.09, 0.86)


def windmill(p):
    turn = p.vary(0.0, math.pi / 2)
    p.poly('main', (-0.28, -0.25), (0.28, -0.25), (0.46, 0.98), (-0.46, 0.98))
    p.disc('dark', 0.0, -0.25, 0.32, 0.28, part=(0.5, 1.0))
    p.rect('wood', -0.12, 0.66, 0.12, 0.98)
    p.rect('glass', -0.09, 0.18, 0.09, 0.38)
    for k in range(4):
        cos, sin = math.cos(turn + k * math.pi / 2), math.sin(turn + k * math.pi / 2)
        sail = (0.16, 0.02), (0.72, 0.02), (0.72, 0.2), (0.16, 0.16)
        corners = [(cos * u - sin * v, sin * u + cos * v - 0.3) for u, v in sail]
        p.poly('cream', *corners)
        p.line('wood', 0.05, (0.0, -0.3), (0.74 * cos, 0.74 * sin - 0.3))
    p.disc('wood', 0.0, -0.3, 0.09)


def tent(p):
    peak, door = p.vary(-0.2, 0.0), p.vary(0.2, 0.3)
    p.line('wood', 0.05, (peak - 0.1, -0.9), (peak + 0.06, -0.68))
    p.line('wood', 0.05, (peak + 0.1, -0.9), (peak - 0.06, -0.68))
    p.poly('main', (peak, -0.75), (0.98, 0.82), (-0.98, 0.82))
    p.poly('dark', (peak, -0.75), (0.98, 0.82), (0.5, 0.82))
    p.poly('black', (peak, -0.4), (peak + door, 0.82), (peak - door, 0.82))
    p.poly('light', (peak, -0.4), (peak - door, 0.82), (peak - door - 0.2, 0.82))
    p.line('cream', 0.03, (-0.7, 0.35), (-1.05, 0.85))
    p.line('cream', 0.03, (0.75, 0.45), (1.05, 0.85))


def castle(p):
    wall = p.vary(0.0, 0.12)
    p.rect('main', -0.5, wall, 0.5, 0.95)
    for x in (-0.4, -0.13, 0.13, 0.4):
        p.rect('main', x - 0.08, wall - 0.13, x + 0.08, wall + 0.02)
    for x in (-0.68, 0.68):
        p.rect('main', x - 0.27, -0.35, x + 0.27, 0.95)
        p.poly('trim', (x - 0.34, -0.33), (x, -0.92), (x + 0.34, -0.33))
        p.rect('black', x - 0.06, -0.12, x + 0.06, 0.12)
        p.rect('dark', x - 0.27, 0.5, x + 0.27, 0.56)
    p.rect('dark', -0.41, wall + 0.14, 0.41, wall + 0.2)
    p.disc('black', 0.0, 0.62, 0.19, 0.2)
    p.rect('black', -0.19, 0.62, 0.19, 0.95)


def turtle(p):
    for x in (-0.45, 0.4):
        p.disc('leaf', x, 0.62, 0.17, 0.26)
    p.poly('leaf', (0.6, 0.4), (0.98, 0.62), (0.6, 0.6))
    p.line('leaf', 0.22, (-0.5, 0.42), (-0.75, 0.1))
    p.disc('leaf', -0.78, 0.02, 0.22, 0.18)
    p.disc('white', -0.84, -0.03, 0.06)
    p.disc('black', -0.85, -0.03, 0.035)
    p.disc('main', 0.05, 0.5, 0.75, p.vary(0.82, 0.95), part=(0.5, 1.0))
    p.disc('dark', 0.05, 0.02, 0.2, 0.17)
    for x, y in ((-0.36, 0.2), (0.46, 0.2), (-0.16, 0.34), (0.26, 0.34)):
        p.disc('dark', x, y, 0.14, 0.11)
    p.rect('light', -0.72, 0.46, 0.82, 0.56)


def teapot(p):
    p.ring('main', 0.66, 0.2, p.vary(0.26, 0.32), 0.12)
    p.poly('main', (-0.4, 0.55), (-0.95, -0.18), (-0.8, -0.25), (-0.35, 0.2))
    p.disc('main', 0.05, 0.28, 0.64, p.vary(0.52, 0.6))
    p.disc('dark', 0.05, -0.22, 0.38, 0.1)
    p.disc('main', 0.05, -0.24, 0.34, 0.26, part=(0.5, 1.0))
    p.disc('trim', 0.05, -0.54, 0.1)
    p.disc('light', 0.05, 0.28, 0.6, 0.1)
    p.rect('dark', -0.28, 0.8, 0.38, 0.88)


def guitar(p):
    p.poly('wood', (-0.07, 0.0), (0.07, 0.0), (0.07, -0.85), (-0.07, -0.85))
    p.poly('black', (-0.12, -0.72), (0.12, -0.72), (0.15, -0.99), (-0.15, -0.99))
    p.disc('main', 0.0, 0.55, p.vary(0.48, 0.55), 0.42)
    p.disc('main', 0.0, 0.05, p.vary(0.36, 0.42), 0.32)
    p.rect('main', -0.28, 0.1, 0.28, 0.5)
    p.disc('black', 0.0, 0.25, 0.15)
    p.rect('wood', -0.2, 0.66, 0.2, 0.73)
    for x in (-0.04, 0.0, 0.04):
        p.line('cream', 0.012, (x, -0.72), (x, 0.68))


KINDS = tuple(sorted(name for name, f in globals().items() if callable(f)))
FLYING = ('airplane', 'balloon', 'bird', 'butterfly', 'kite', 'rocket')


def draw(kind, pen):
    """Draw a thing of this kind with the pen."""
    globals()[kind](pen)
