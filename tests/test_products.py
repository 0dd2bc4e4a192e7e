"""The short way back is the same as autograd's long one."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from cs231n.products import products

PRIMES = st.sampled_from([1, 2, 3, 5, 7])


@given(PRIMES, PRIMES, PRIMES)
def test_value_and_gradient_are_those_of_the_plain_product(N, K, C):
    generator = torch.Generator().manual_seed(K)
    rows = torch.randn(N, K, C, dtype=torch.float64, generator=generator, requires_grad=True)
    upstream = torch.randn(N, C, C, dtype=torch.float64, generator=generator)
    plain = rows.transpose(1, 2) @ rows
    torch.testing.assert_close(products(rows), plain)
    found, want = (torch.autograd.grad((value * upstream).sum(), rows)[0] for value in (products(rows), plain))
    torch.testing.assert_close(found, want)


def test_gradcheck():
    assert torch.autograd.gradcheck(products, torch.randn(2, 3, 5, dtype=torch.float64, requires_grad=True))
