"""A matrix product that autograd would take the long way back through."""

# BEGIN SOLUTION
import torch


def products(rows):
    """P = Rᵀ R, whose gradient R (U + Uᵀ) takes one product; autograd, which does not see that both are R, takes two.

    rows: R, (N, K, C). Returns (N, C, C).
    """
    return _Products.apply(rows)


class _Products(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows):
        ctx.save_for_backward(rows)
        return rows.transpose(1, 2) @ rows

    @staticmethod
    def backward(ctx, upstream):
        (rows,) = ctx.saved_tensors
        return rows @ (upstream + upstream.transpose(1, 2))
# END SOLUTION
