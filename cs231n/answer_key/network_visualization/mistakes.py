"""Wrong answers for the notebook NetworkVisualization, with gradients written out by hand."""

import numpy as np

from cs231n.answer_key.recurrence import pick
from cs231n.checks.lessons.network_visualization.facts import fooling_facts, scores

STEPS = 100


def slope(X, of_scores, weights):
    """Return the gradient (N, C, H, W) of the sum of of_scores (N, K) times the scores."""
    A, B, _, D, _ = weights.values()
    _, hidden = scores(X, weights)
    return (of_scores @ A.T + (of_scores @ D.T * (1 - hidden**2)) @ B.T).reshape(X.shape)


def wanted(mistake, s, y):
    """Return the gradient (N, K) of what the mistake differentiates, with respect to the scores s (N, K)."""
    N, K = s.shape
    hit, p = np.eye(K)[y], np.exp(s - s.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    q = np.exp(p) / np.exp(p).sum(axis=1, keepdims=True)  # softmax of what is softmaxed already
    twice = p * ((q - hit) - ((q - hit) * p).sum(axis=1, keepdims=True))
    return pick(
        mistake,
        hit,
        cross_entropy=(p - hit) / N,
        cross_entropy_sum=p - hit,
        log_softmax=hit - p,
        softmaxed_cross_entropy=twice / N,
        softmaxed_log_softmax=-twice,
        softmax=(p * hit).sum(axis=1, keepdims=True) * (hit - p),
        all_scores=np.ones((N, K)),
        every_label=np.ones((N, 1)) * hit.sum(axis=0),
        top_score=np.eye(K)[s.argmax(axis=1)],
        largest_of_all=(s == s.max()) * 1.0,
        first_row_all_labels=hit.sum(axis=0) * (np.arange(N) == 0)[:, None],
        first_label=hit[:1] * np.ones((N, 1)),
        climbs_on_loss=p - hit,
        first_only=hit * (np.arange(N) == 0)[:, None],
    ) / (N if mistake == 'averaged_over_N' else 1)


def compute_saliency_maps(mistake, X, y, weights):
    s, _ = scores(X, weights)
    grad = slope(X, wanted(mistake, s, y), weights)  # (N, C, H, W)
    size = np.abs(grad)
    maps = size.max(axis=1)  # (N, H, W)
    return (
        pick(
            mistake,
            maps,
            no_abs=grad.max(axis=1),
            max_before_abs=np.abs(grad.max(axis=1)),
            mean_over_channels=size.mean(axis=1),
            sum_over_channels=size.sum(axis=1),
            mean_of_signed=grad.mean(axis=1),
            abs_of_sum=np.abs(grad.sum(axis=1)),
            norm_over_channels=np.sqrt((grad**2).sum(axis=1)),
            squared=maps**2,
            negative_cut_off=np.maximum(grad, 0).max(axis=1),
            max_over_pictures=size.max(axis=0),
            smallest=size.min(axis=1),
            first_channel=size[:, 0],
            max_over_all=size.max(axis=(1, 2, 3)),
            picture=np.abs(X).max(axis=1),
            max_over_rows=size.max(axis=2),
            max_over_columns=size.max(axis=3),
            axis_kept=maps[:, None],
            channels_kept=size,
            pair=np.stack([maps, size.argmax(axis=1)]),
            indices=size.argmax(axis=1),
            times_input=np.abs(grad * X).max(axis=1),
            rescaled=maps / maps.max(axis=(1, 2), keepdims=True),
            stretched=(maps - maps.min()) / np.ptp(maps),
            stretched_each=(maps - maps.min(axis=(1, 2), keepdims=True)) / np.ptp(maps, axis=(1, 2), keepdims=True),
            rescaled_by_batch=maps / maps.max(),
        ),
    )


def make_fooling_image(mistake, X, target_y, weights):
    x, total = X, 0
    for _ in range(1 if mistake == 'one_step' else STEPS):
        s, _ = scores(x, weights)
        if s.argmax() == target_y:
            break
        aim = pick(mistake, [target_y], current_class=[s.argmax()])
        grad = slope(x, wanted(mistake, s, aim), weights)
        total = total + grad
        grad = pick(mistake, grad, not_zeroed=total)
        step = pick(
            mistake,
            grad / np.sqrt((grad**2).sum()),
            not_normalised=grad,
            times_norm=grad * np.sqrt((grad**2).sum()),
        )
        x = pick(mistake, x + step, descends=x - step, restarts=X + step, only_step_kept=step)
    X_fooling = pick(mistake, x, unchanged=X)
    return fooling_facts(X, target_y, weights, X_fooling, pick(mistake, X, input_changed=x))


def class_visualization_update_step(
    mistake, img, second, target_y, l2_reg, learning_rate, weights, normalise=True, outside=False
):
    """Return the picture after a first call, and after a call on a second picture in the same tensor.

    With normalise=False the step is lr g instead of lr g / ‖g‖; with outside=True the gradient of the L2 term is
    subtracted from the normalised gradient of the score.
    """
    pictures, total, total_up = [], 0, 0
    outside = outside or mistake in ('l2_added_after', 'l2_added_outside', 'l2_outside_unscaled')
    for x in (img, second):
        s, _ = scores(x, weights)
        up = slope(x, wanted(mistake, s, [target_y]), weights)
        pull = pick(
            mistake,
            2 * l2_reg * x,
            l2_left_out=0,
            l2_not_squared=l2_reg * x / np.sqrt((x**2).sum()),
            l2_without_2=l2_reg * x,
            l2_without_lambda=2 * x,
            l2_absolute=l2_reg * np.sign(x),
            l2_mean=2 * l2_reg * x / x.size,
            l2_number=l2_reg * (x**2).sum(),
            l2_added_after=-2 * l2_reg * x,
            l2_added_outside=-2 * l2_reg * x / learning_rate,
            l2_outside_unscaled=2 * l2_reg * x / learning_rate,
            l2_shrunk_after=0,
        )
        pull = -pull if mistake == 'l2_sign' else pull
        grad = up if outside else up - pull  # (1, C, H, W)
        total, total_up = total + grad, total_up + up
        grad = pick(mistake, grad, not_zeroed=total, not_zeroed_l2_by_hand=total_up - pull, descends=-grad)
        norm = np.sqrt((grad**2).sum())
        step = grad * norm if mistake == 'times_norm' else grad / norm if normalise else grad
        step = step - pull if outside else step
        step = pick(mistake, learning_rate * step, no_learning_rate=step, learning_rate_twice=learning_rate**2 * step)
        pictures.append(pick(mistake, x + step, not_in_place=x, replaced=step, zeroed_too_early=x * np.nan,
                             l2_shrunk_after=(1 - 2 * l2_reg) * (x + step)))
    return tuple(pictures)


def class_visualization_raw_step(mistake, **case):
    return class_visualization_update_step(mistake, **case, normalise=False)


def class_visualization_l2_outside(mistake, **case):
    return class_visualization_update_step(mistake, **case, outside=True)
