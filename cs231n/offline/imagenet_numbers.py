"""ImageNet's 1000 class numbers, told by the 24 things of the sample world.

ImageNet orders its classes by kinship, so a range of numbers stands for a kind of thing. HOME is the one number that
a thing of the sample world goes by; LIKE names the ranges that look most like it; what resembles nothing in the
sample world gets one of its things all the same, so that every number can be asked for, and a name that says so.
"""

from torchvision.models import SqueezeNet1_1_Weights

from cs231n.sample_world.scenes.things import KINDS

HOME = {
    'airplane': 404, 'balloon': 417, 'bicycle': 671, 'bird': 13, 'bus': 779, 'butterfly': 323, 'car': 817,
    'castle': 483, 'cat': 281, 'fish': 6, 'flower': 985, 'guitar': 402, 'house': 425, 'kite': 701,
    'lighthouse': 437, 'mushroom': 992,
    'rocket': 657, 'sailboat': 914, 'teapot': 849, 'tent': 672, 'tree': 990, 'turtle': 35, 'umbrella': 879,
    'windmill': 694,
}
LIKE = {  # first to last number of a range, all of them included
    'airplane': ((404, 405), (895, 895), (908, 908)),
    'balloon': ((417, 417), (805, 805), (852, 852), (890, 890), (971, 971)),
    'bicycle': ((444, 444), (665, 665), (670, 671), (870, 870), (880, 880)),
    'bird': ((7, 24), (80, 100), (127, 146)),
    'bus': ((654, 654), (675, 675), (779, 779), (829, 829), (874, 874)),
    'butterfly': ((70, 79), (300, 326)),
    'car': ((407, 408), (436, 436), (468, 468), (511, 511), (555, 555), (569, 569), (575, 575), (609, 609), (627, 627),
            (656, 656), (661, 661), (717, 717), (734, 734), (751, 751), (817, 817), (864, 864), (867, 867)),
    'castle': ((483, 483), (497, 497), (663, 663), (668, 668), (698, 698), (832, 832)),
    'cat': ((101, 106), (151, 299), (330, 388)),
    'fish': ((0, 6), (147, 150), (389, 397)),
    'flower': ((984, 986), (883, 883), (738, 738)),
    'guitar': ((401, 402), (420, 420), (486, 486), (546, 546), (594, 594), (889, 889)),
    'house': ((410, 410), (424, 425), (449, 449), (580, 580), (624, 624), (743, 743), (762, 762), (860, 860)),
    'kite': ((701, 701),),
    'lighthouse': ((437, 437), (682, 682), (900, 900)),
    'mushroom': ((991, 997), (947, 947)),
    'rocket': ((657, 657), (744, 744), (812, 812)),
    'sailboat': ((403, 403), (472, 472), (484, 484), (510, 510), (554, 554), (576, 576), (625, 625), (628, 628),
                 (724, 724), (780, 780), (814, 814), (871, 871), (914, 914)),
    'teapot': ((503, 505), (550, 550), (849, 849), (901, 901), (967, 969)),
    'tent': ((672, 672), (915, 915)),
    'tree': ((936, 938), (988, 990)),
    'turtle': ((33, 37), (25, 32), (38, 69), (107, 126), (327, 329)),
    'umbrella': ((879, 879),),
    'windmill': ((694, 694), (545, 545)),
}
NAMES = SqueezeNet1_1_Weights.IMAGENET1K_V1.meta['categories']


def kind_of(number):
    """Return the thing of the sample world that answers to a class number of ImageNet."""
    for kind, ranges in LIKE.items():
        if any(first <= number <= last for first, last in ranges):
            return kind
    return KINDS[number % len(KINDS)]


def names():
    """{class number of ImageNet: the thing that is shown, and what it stands for}."""
    return {number: kind if HOME[kind] == number else f'{kind} (for {NAMES[number]})'
            for number, kind in ((number, kind_of(number)) for number in range(len(NAMES)))}
